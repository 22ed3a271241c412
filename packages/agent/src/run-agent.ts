import {
  acquireLock,
  HarnessError,
  isHarnessError,
  openOutbox,
  sessionPaths,
  systemClock,
  systemCode,
  watchBox,
  type Lock,
} from "@harness/core";
import type { RunArguments } from "./arguments.ts";
import { createAttendant } from "./attend.ts";
import { bearing } from "./bear.ts";
import { composeAgent, warn, type Composition } from "./compose-agent.ts";
import { createControls } from "./controls.ts";
import { endAgent, type End } from "./end-agent.ts";
import { createFailpoints } from "./failpoints.ts";
import { keepHouse } from "./keep-house.ts";
import { stopTurn } from "./handle-prompt.ts";
import { holdDriver } from "./open-driver.ts";
import { misplaced, openSession, requireDirectory } from "./open-session.ts";
import { openPlace } from "./place.ts";
import { askForBudget } from "./model/ask-for-budget.ts";
import { createPrompts } from "./prompts.ts";
import { publishGoal } from "./publish-goal.ts";
import { requireReadyDescriptor, tellReady } from "./ready-descriptor.ts";
import { removeStaleGitLocks } from "./stale-git-locks.ts";
import { reportStartFailure } from "./start-failure.ts";
import { shrink } from "./stay-small.ts";
import { installSignals } from "./shutdown.ts";
import { createSetupGate } from "./setup/setup-gate.ts";
import { runTeardown } from "./setup/run-teardown.ts";

/** The session has a process already. */
export const LOCKED_EXIT_CODE = 100;

/** Runs one session until it is closed, parked or stopped. Returns the exit code; throws why it failed. */
export async function runAgent(wish: RunArguments, own: NodeJS.ProcessEnv): Promise<number> {
  const clock = systemClock;
  const paths = sessionPaths(wish.directory);
  requireReadyDescriptor(wish.readyFd);
  requireDirectory(paths);
  const lock = await takeLock(paths.lock);
  if (!lock) return LOCKED_EXIT_CODE;
  const place = openPlace(lock, paths.lock);
  await createFailpoints(own["HARNESS_FAIL"])("L3");
  try {
    const opened = await openSession(paths, wish, clock);
    const start = { wish, paths, lock, place, opened, clock, own };
    return wish.teardown ? await runTeardown(start) : await attendSession(start);
  } catch (error) {
    if (!place.isLost()) await reportStartFailure({ wish, paths, lock, clock }, error);
    throw error;
  }
}

async function takeLock(path: string): Promise<Lock | null> {
  try {
    return await acquireLock(path);
  } catch (error) {
    if (isHarnessError(error) || systemCode(error) === undefined) throw error;
    if (["EISDIR", "ELOOP"].includes(systemCode(error) ?? "")) throw misplaced(path, "plain file");
    throw new HarnessError("storage-failed", `The session cannot be locked: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

async function attendSession(start: Omit<Composition, "ending" | "onTrouble">): Promise<number> {
  const { wish, paths, lock, place, opened, clock } = start;
  const over = Promise.withResolvers<End>();
  const ending = new AbortController();
  const onBroken = (error: unknown) => over.resolve(place.isLost() ? { kind: "gone" } : { kind: "broken", error });
  const context = await composeAgent({
    ...start,
    ending: ending.signal,
    onTrouble: () => {
      const turn = prompts.running();
      if (turn) stopTurn(turn, "storage");
    },
  });
  const { inbox, status, record } = context;
  const driver = holdDriver(context, {
    ask: async (request) => {
      const turn = prompts.running();
      if (!turn) return { outcome: "aborted" };
      return context.questions.ask({ message: turn.message, signal: turn.abort.signal }, request);
    },
    onRested: shrink,
    onBroken,
  });
  let attends = false;
  const gate = createSetupGate(context, {
    // Before that it would let new prompts pass those that an earlier process had begun.
    onOpen: () => void (attends && attendant.scan()),
    onFailed: (reason) => over.resolve({ kind: "unready", reason }),
    onBroken,
  });
  const prompts = createPrompts(context, {
    driver,
    mayBegin: () => gate.isOpen,
    onTurnEnd: () => controls.endTurn(),
    onDrained: () => attendant.scan(),
    onBroken,
  });
  let stopped: End | null = null;
  let closing = false;
  const controls = createControls(context, {
    prompts,
    cancelSetup: () => gate.cancel(),
    onClose: (message) => over.resolve({ kind: "closed", message }),
    onBroken,
  });
  const attendant = createAttendant(context, { controls, prompts, onBroken });
  askForBudget({
    calls: context.calls,
    clock,
    turn: () => prompts.running()?.message ?? null,
    async ask(request, signal) {
      const turn = prompts.running();
      if (!turn) return { outcome: "aborted" };
      const ended = AbortSignal.any([turn.abort.signal, signal]);
      return context.questions.ask({ message: turn.message, signal: ended }, request);
    },
  });
  const park = async () => (await attendant.isIdle()) && over.resolve({ kind: "parked" });
  installSignals({
    onWake: () => attendant.scan(),
    onPark: () => void park().catch(onBroken),
    onStop: (signal) => {
      stopped ??= { kind: "stopped", signal };
      over.resolve(stopped);
      // Closing can wait for a disk; it is gone on with by the next process.
      if (closing) ending.abort();
    },
  });

  if (opened.used) {
    await context.processes.sweepLeftovers();
    removeStaleGitLocks(paths.worktree, clock.now());
  }
  const recovered = await inbox.recover();
  record({ type: "session.started", pid: process.pid });
  for (const text of opened.degraded) record({ type: "session.degraded", text });
  status.apply({ type: "wake.changed", wake: "events" });
  gate.begin();
  await status.flush();
  tellReady(wish.readyFd, wish.nonce);
  await context.failpoint("ready");

  const tidy = keepHouse({
    clock,
    inbox,
    directory: paths.directory,
    onTrouble: (error) => warn(record, "prune-failed", `What is old cannot be removed. ${String(error)}`),
    onBroken,
    outbox: openOutbox(paths.outbox),
    isBusy: () => prompts.busy,
    mark: () => status.current(),
  });
  const beat = bearing(
    () => lock.beat(),
    (error) => warn(record, "heartbeat-failed", `The session cannot say that it is alive. ${String(error)}`),
  );
  const watching = async () => {
    const onDegraded = () => {
      warn(record, "watch-unavailable", "The inbox cannot be watched; it is looked at every two seconds.");
      status.apply({ type: "wake.changed", wake: "scan" });
    };
    const onRestored = () => status.apply({ type: "wake.changed", wake: "events" });
    for await (const _ of watchBox(paths.inbox, { signal: ending.signal, clock, onDegraded, onRestored })) {
      if (place.isLost()) return over.resolve({ kind: "gone" });
      await beat();
      attendant.scan();
      tidy();
    }
  };
  await publishGoal(context, opened.spec);
  await attendant.restore(recovered);
  attends = true;
  attendant.scan();
  const watched = watching().catch(onBroken);

  const wanted = await over.promise;
  const end: End = place.isLost() ? { kind: "gone" } : wanted;
  closing = end.kind === "closed";
  // A stop that came while the close was on its way has been heard only by `stopped`.
  if (closing && stopped) ending.abort();
  const parts = { attendant, prompts, controls, driver, gate, ending: ending.signal, giveUpDisk: () => ending.abort() };
  const code = await endAgent(context, end, parts).catch((error: unknown) => {
    if (!closing || !stopped || place.isLost()) throw error;
    return endAgent(context, stopped, parts);
  });
  ending.abort();
  await watched;
  return code;
}
