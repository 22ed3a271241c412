import { toErrorRecord, type Clock, type EventBody } from "@harness/core";
import { watchDeadlines, type Overdue } from "./deadlines.ts";
import { decideTurn } from "./decide-turn.ts";
import { GRACE_MS, type DriverEvent, type DriverSession, type Prompt } from "./drivers/driver.ts";
import { STOP_REASONS, type AbortCause, type TurnLimits } from "./limits.ts";
import { judgeCalls } from "./model/judge-call.ts";
import type { ModelCalls } from "./model/model-calls.ts";
import type { Questions } from "./questions.ts";
import type { TurnResult } from "./reply.ts";
import type { StatusChange } from "./status.ts";
import type { ProcessTree } from "./tree/process-tree.ts";
import { recordTurn } from "./turn-progress.ts";
import { beginLook } from "./worktree-facts.ts";

export interface TurnContext {
  readonly clock: Clock;
  readonly driver: DriverSession;
  readonly processes: ProcessTree;
  readonly limits: TurnLimits;
  readonly calls: Pick<ModelCalls, "follow" | "settle">;
  readonly questions: Pick<Questions, "quietSince" | "abandon">;
  /** Where the session's worktree is, or would be. */
  readonly worktree: string;
  change(change: StatusChange): void;
  record(event: EventBody): void;
  /** The driver is not to be used again: it broke its contract, or its coding agent hangs. */
  onAbandoned(): Promise<void>;
}

type End = Extract<DriverEvent, { type: "turn.ended" }>;

/** Runs one turn to its end, whatever the driver does. `abort` stops it; its reason is an `AbortCause`. */
export async function runTurn(context: TurnContext, prompt: Prompt, abort: AbortController): Promise<TurnResult> {
  const { clock, calls, driver, limits, questions, change, record } = context;
  const look = await beginLook(context.worktree, clock.now());
  const recorder = recordTurn({ clock, turn: prompt.turn, change, record });
  let overdue: Overdue | undefined;
  const deadlines = watchDeadlines({
    clock,
    limits,
    progress: () => ({ ...recorder.progress(), quietSinceMs: questions.quietSince() }),
    onOverdue(found) {
      overdue = found;
      abort.abort(found.cause);
    },
  });
  const unfollow = calls.follow((line) => {
    recorder.call(line);
    deadlines.look();
  });
  const end = await followDriver(context, prompt, { abort: abort.signal, take: recorder.take });
  deadlines.stop();
  questions.abandon();
  await calls.settle();
  unfollow();
  recorder.finish();
  if (overdue) await endCodingAgent(context);
  const cause = abort.signal.aborted ? (abort.signal.reason as AbortCause) : null;
  const goesOn = cause !== null && STOP_REASONS[cause] === "interrupted";
  const { failing } = recorder.progress().calls;
  const now = { wallMs: clock.now(), sinceMs: clock.monotonic() - (failing?.lastAtMs ?? 0) };
  return decideTurn({
    ...recorder.told(),
    end,
    cause,
    overdue: overdue?.failure,
    narrates: driver.narrates ?? false,
    model: failing && judgeCalls(failing, now),
    worktree: goesOn ? null : await look(),
  });
}

interface Following {
  readonly abort: AbortSignal;
  take(event: DriverEvent): void;
}

async function followDriver(context: TurnContext, prompt: Prompt, { abort, take }: Following): Promise<End> {
  const events = context.driver.prompt(prompt, abort)[Symbol.asyncIterator]();
  const late = lateness(context.clock, abort);
  try {
    for (;;) {
      const step = await late.race(events.next());
      if (step === "late") return await abandon(context, "The driver did not end the turn in time.");
      if (step.done) return failure("The driver ended without saying why.");
      if (step.value.type === "turn.ended") return step.value;
      take(step.value);
    }
  } catch (error) {
    return await abandon(context, `The driver broke: ${toErrorRecord(error).message}`);
  } finally {
    late.forget();
    // Lets a generator release what it holds; it has ended or is past waiting for.
    void Promise.resolve(events.return?.()).catch(() => {});
  }
}

/** Lets go of a wait when the turn still runs `GRACE_MS` after it was aborted. */
function lateness(clock: Clock, abort: AbortSignal) {
  const over = new AbortController();
  let late = false;
  let letGo = () => {};
  const begin = () =>
    void clock.sleep(GRACE_MS, over.signal).then(() => {
      late = !over.signal.aborted;
      if (late) letGo();
    });
  if (abort.aborted) begin();
  else abort.addEventListener("abort", begin, { once: true, signal: over.signal });
  return {
    // Not Promise.race: a turn has many steps, and each would hang one more callback on the same promise.
    race: <T>(step: Promise<T>) =>
      new Promise<T | "late">((resolve, reject) => {
        letGo = () => resolve("late");
        if (late) letGo();
        step.then(resolve, reject);
      }),
    forget: () => over.abort(),
  };
}

async function abandon(context: TurnContext, note: string): Promise<End> {
  await endCodingAgent(context);
  return failure(note);
}

/** Ends the coding agent with all it started; the next turn begins with a new one. */
async function endCodingAgent({ processes, onAbandoned }: TurnContext): Promise<void> {
  processes.killNow();
  await processes.stop();
  // It is given up already: what goes wrong while it closes changes nothing.
  await onAbandoned().catch(() => {});
}

function failure(note: string): End {
  return { type: "turn.ended", stopReason: "failed", note };
}
