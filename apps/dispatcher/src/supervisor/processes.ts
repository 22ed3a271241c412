import { randomUUID } from "node:crypto";
import { HarnessError, identifyProcess, type AgentProcess, type Wanted } from "@harness/core";
import { startUser } from "../users/session-user.ts";
import { endOwnProcesses } from "../users/end-processes.ts";
import { without } from "../without.ts";
import { recordKey } from "../sessions/provider-key.ts";
import { peekWall } from "../worktrees/wall.ts";
import { agentArguments, agentEnvironment } from "./agent-command.ts";
import { tailAgentLog } from "./agent-log.ts";
import { afterExit, classifyExit, isStatusOf } from "./exits.ts";
import { hasClaimed, hasMail } from "./mail.ts";
import { countOomKills, saysOutOfMemory } from "./oom.ts";
import type { SupervisorParts } from "./parts.ts";
import { startAgent, type Exit, type StartOutcome } from "./start-agent.ts";
import { stopAgent } from "./stop-agent.ts";
import { sweepLeftovers } from "./sweep.ts";
import { lookAgain, type Track } from "./tracks.ts";

/** Starts and ends the agent process of a session. Contract: the caller sees to it that one thing happens to one session at a time. */
export interface Processes {
  /** Resolves when it is ready, was given up, or the machine is too short of something by now. Throws `spawn-failed`. */
  start(track: Track): Promise<void>;
  end(track: Track, how: "stop" | "kill" | "hung"): Promise<void>;
  /** Records that the known process has ended, and what follows from it. */
  settle(track: Track): Promise<void>;
}

const HOLDER_MS = 2000;
const HOLDER_LOOK_MS = 50;
// A look at the lock then tries every descriptor.
const UNKNOWN_FD = -1;

/** How long a start waits before it asks for its key again. */
const KEY_WAIT_MS = 5_000;

export function createProcesses(parts: SupervisorParts, onExit: (track: Track) => void): Processes {
  const { clock, config, credentials, environment, log, timing, wanted: records } = parts;
  let oomKills = countOomKills();

  async function start(track: Track): Promise<void> {
    track.phase = "starting";
    track.ended = null;
    track.abort = new AbortController();
    try {
      const wanted = await records.change(track.id, (last) => recordKey(parts, nextStart(last)));
      parts.onStep("L1");
      parts.tell(track);
      await followStart(track, await launch(track, wanted));
    } finally {
      track.phase = "steady";
      track.ended = null;
      parts.tell(track);
    }
  }

  async function launch(track: Track, wanted: Wanted): Promise<StartOutcome> {
    const nonce = wanted.nonce ?? "";
    const granted = await credentials.grant(wanted).catch((error: unknown) => {
      // A key that is locked stays so until a person opens it.
      track.dueMs = clock.monotonic() + KEY_WAIT_MS;
      throw error;
    });
    const starting = startAgent({
      command: config.agentCommand,
      arguments: agentArguments({ id: track.id, spec: track.view.spec, nonce, config }),
      environment: agentEnvironment({
        own: environment,
        paths: track.paths,
        granted: granted.variables,
        sandbox: peekWall(),
      }),
      chooseOwner: () => startUser(track.paths, parts.users),
      paths: track.paths,
      nonce,
      timeoutMs: timing.startTimeoutMs,
      signal: track.abort.signal,
      clock,
      onSpawned: () => parts.onStep("L2"),
    });
    const outcome = await starting.catch(async (error: unknown) => {
      await granted.undo();
      throw error;
    });
    // One that found another in its place leaves that one's key as it was.
    await (outcome.outcome === "ready" ? granted.keep() : granted.undo());
    return outcome;
  }

  async function followStart(track: Track, outcome: StartOutcome): Promise<void> {
    switch (outcome.outcome) {
      case "ready":
        parts.onStep("L4");
        await adopt(track, outcome);
        parts.onStep("L5");
        return;
      case "busy":
        return waitForHolder(track);
      case "short":
        track.dueMs = clock.monotonic() + timing.restartMs;
        log.warn("an agent process could not be started now", { session: track.id, cause: outcome.cause });
        return;
      case "failed":
        // Whoever gave it up has no failure of the session in mind.
        if (track.abort.signal.aborted) track.ended = "stop";
        await record(track, { exit: outcome.exit, startFailure: outcome.cause, known: null });
        if (track.ended !== null) return;
        throw new HarnessError("spawn-failed", `The agent process of ${track.id} did not start. ${outcome.cause}`);
    }
  }

  async function adopt(
    track: Track,
    { pid, child, exited }: Extract<StartOutcome, { outcome: "ready" }>,
  ): Promise<void> {
    lookAgain(track);
    const said = track.view.status?.process;
    const seen = identifyProcess(pid);
    if (said?.pid !== pid && seen === null) return;
    // Behind a wrapper the child that ends is not the agent process.
    if (child === pid) {
      track.exited = exited;
      track.hasExited = false;
    }
    await remember(track, said?.pid === pid ? said : { ...seen!, lockFd: UNKNOWN_FD });
    void exited.then(() => {
      if (track.exited !== exited) return;
      track.hasExited = true;
      onExit(track);
    });
  }

  async function remember(track: Track, living: AgentProcess): Promise<void> {
    track.process = living;
    await records.change(track.id, (wanted) => ({ ...wanted, process: living }));
  }

  // Somebody else was faster. Who it is stands in status.json in a moment.
  async function waitForHolder(track: Track): Promise<void> {
    const until = clock.monotonic() + HOLDER_MS;
    for (;;) {
      lookAgain(track);
      const { process: living } = track;
      if (living !== null) {
        log.info("found an agent process that was started elsewhere", { session: track.id, pid: living.pid });
        return remember(track, living);
      }
      if (clock.monotonic() > until) {
        track.dueMs = clock.monotonic() + timing.restartMs;
        return;
      }
      await clock.sleep(HOLDER_LOOK_MS);
    }
  }

  async function end(track: Track, how: "stop" | "kill" | "hung"): Promise<void> {
    lookAgain(track);
    const { process: target } = track;
    if (target === null) return;
    track.phase = "stopping";
    track.ended = how;
    parts.tell(track);
    try {
      const graceMs = how === "kill" ? 0 : timing.stopGraceMs;
      if (!(await stopAgent(target, { clock, graceMs, killWaitMs: timing.killWaitMs }))) {
        throw new HarnessError(
          "timed-out",
          `Process ${target.pid} of session ${track.id} does not end, not even killed.`,
        );
      }
      await settle(track);
    } finally {
      track.phase = "steady";
      track.ended = null;
    }
  }

  async function settle(track: Track): Promise<void> {
    const { process: known, exited } = track;
    if (known !== null) await record(track, { exit: await exited, startFailure: null, known });
  }

  async function record(
    track: Track,
    facts: { exit: Exit | null; startFailure: string | null; known: AgentProcess | null },
  ): Promise<void> {
    const { known, startFailure } = facts;
    const { code, signal } = facts.exit ?? { code: null, signal: null };
    const { ended, askedToPark } = track;
    // What still runs of its tree calls no model any more.
    credentials.withdraw(track.id);
    track.process = null;
    track.exited = null;
    track.hasExited = false;
    track.quietScans = 0;
    track.askedToPark = false;
    lookAgain(track);
    const { status: last } = track.view;
    const status = isStatusOf(last, known) ? last : null;
    const nowMs = clock.now();
    const at = new Date(nowMs).toISOString();
    const oom = ended === null && (await wasOom(track, facts.exit));
    const exit = classifyExit({ code, signal, adopted: facts.exit === null, ended, oom, status, startFailure }, at);
    const rests =
      status !== null &&
      status.turn?.state !== "running" &&
      !hasMail(track.paths.inbox) &&
      !hasClaimed(track.paths.inbox);
    const next = await records.change(track.id, (wanted) =>
      afterExit({
        wanted,
        exit,
        status,
        deliberate: ended === "stop" || ended === "kill",
        rests,
        askedToPark,
        nowMs,
        random: parts.random(),
        firstMs: timing.restartMs,
      }),
    );
    track.dueMs = next.backoffUntil === undefined ? 0 : clock.monotonic() + Date.parse(next.backoffUntil) - nowMs;
    endOwnProcesses(parts, track.id);
    const swept = exit.class === "done" ? 0 : sweepLeftovers(track.id, track.paths);
    log.info("an agent process ended", { session: track.id, pid: known?.pid, exit, wanted: next.wanted, swept });
    parts.tell(track);
    if (next.failed !== undefined) parts.onGivenUp(track.id);
  }

  async function wasOom(track: Track, exit: Exit | null): Promise<boolean> {
    const before = oomKills;
    oomKills = countOomKills();
    if (exit?.signal === "SIGKILL") return before !== null && oomKills !== null && oomKills > before;
    return isAbort(exit) && saysOutOfMemory(await tailAgentLog(track.paths));
  }

  return { start, end, settle };
}

// How Node ends itself, as itself or behind a shell.
function isAbort(exit: Exit | null): boolean {
  return exit?.signal === "SIGABRT" || exit?.signal === "SIGTRAP" || exit?.code === 134 || exit?.code === 133;
}

// L1: the intent is on the disk before there is a process.
function nextStart(wanted: Wanted): Wanted {
  const cleared = without(wanted, "queued", "backoffUntil", "process");
  return { ...cleared, wanted: "run", generation: wanted.generation + 1, nonce: randomUUID() };
}
