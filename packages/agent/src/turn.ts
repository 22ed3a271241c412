import {
  toErrorRecord,
  type Clock,
  type EventBody,
  type StopReason,
  type TurnFailure,
  type Usage,
} from "@harness/core";
import { GRACE_MS, type DriverEvent, type DriverSession, type Prompt } from "./drivers/driver.ts";
import { createEventBudget, STOP_REASONS, type AbortCause, type EventBudget } from "./limits.ts";
import { collectText, type TurnResult } from "./reply.ts";
import type { StatusChange } from "./status.ts";
import type { ProcessTree } from "./tree/process-tree.ts";

export interface TurnContext {
  readonly clock: Clock;
  readonly driver: DriverSession;
  readonly processes: ProcessTree;
  readonly limitMs: number | null;
  change(change: StatusChange): void;
  record(event: EventBody): void;
  /** The driver broke its contract and is not to be used again. */
  onAbandoned(): Promise<void>;
}

type End = Extract<DriverEvent, { type: "turn.ended" }>;

/** Runs one turn to its end, whatever the driver does. `abort` stops it; its reason is an `AbortCause`. */
export async function runTurn(context: TurnContext, prompt: Prompt, abort: AbortController): Promise<TurnResult> {
  const text = collectText();
  const budget = createEventBudget(context.record);
  const over = new AbortController();
  const limit = context.limitMs;
  if (limit !== null)
    void context.clock.sleep(limit, over.signal).then(() => over.signal.aborted || abort.abort("time"));
  const take = (event: DriverEvent) => takeEvent(event, { context, budget, text, turn: prompt.turn });
  const end = await followDriver(context, prompt, { abort: abort.signal, take });
  over.abort();
  if (budget.dropped() > 0) context.record({ type: "output.dropped", turn: prompt.turn, bytes: budget.dropped() });
  return turnResult(end, text.text(), abort.signal);
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

async function abandon({ processes, onAbandoned }: TurnContext, note: string): Promise<End> {
  processes.killNow();
  await processes.stop();
  // It is given up already: what goes wrong while it closes changes nothing.
  await onAbandoned().catch(() => {});
  return failure(note);
}

function failure(note: string): End {
  return { type: "turn.ended", stopReason: "failed", note };
}

interface Taking {
  readonly context: TurnContext;
  readonly budget: EventBudget;
  readonly text: { add(text: string): void };
  readonly turn: string;
}

function takeEvent(event: DriverEvent, { context, budget, text, turn }: Taking): void {
  switch (event.type) {
    case "text":
      text.add(event.text);
      budget.record({ type: "text.written", turn, text: event.text });
      context.change({ type: "line.written", text: event.text });
      break;
    case "tool.called":
      budget.record({ ...event, turn });
      context.change({ type: "line.written", text: `${event.tool} ${event.text ?? ""}` });
      break;
    case "tool.returned":
      budget.record({ ...event, turn });
      break;
    case "noted":
      context.record({ type: "warning.raised", code: event.code, text: event.text });
      break;
    case "output.dropped":
      budget.drop(event.bytes);
      break;
    case "turn.ended":
      break;
  }
}

/** What the turn's end means: an abort decides over whatever the driver made of it. Pure. */
export function turnResult(
  end: { stopReason: StopReason; note?: string; usage?: Usage; failure?: TurnFailure },
  text: string,
  abort: AbortSignal,
): TurnResult {
  if (abort.aborted) return { stopReason: STOP_REASONS[abort.reason as AbortCause], text, usage: end.usage };
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  const said = end.note ? `${text}${separator}${end.note}` : text;
  return { stopReason: end.stopReason, text: said, usage: end.usage, failure: end.failure };
}
