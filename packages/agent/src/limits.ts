import type { AgentChoice, EventBody, StopReason } from "@harness/core";

/** Why a running turn is stopped. */
export type AbortCause = "cancel" | "close" | "time" | "retries" | "stop" | "storage";

/** What the turn then ended with. `interrupted` is not an end: the turn goes on later. */
export const STOP_REASONS: Readonly<Record<AbortCause, StopReason>> = {
  cancel: "cancelled",
  close: "cancelled",
  time: "timeout",
  retries: "failed",
  stop: "interrupted",
  storage: "interrupted",
};

const WEAKEST_FIRST: readonly AbortCause[] = ["storage", "time", "retries", "cancel", "close", "stop"];

/** Which of two causes decides over a turn. Pure. */
export function strongerCause(one: AbortCause | null, other: AbortCause): AbortCause {
  return one !== null && WEAKEST_FIRST.indexOf(one) > WEAKEST_FIRST.indexOf(other) ? one : other;
}

/** Bytes of text events, tool events and model calls that one turn may leave in log/events.jsonl. */
export const EVENT_BYTES = 1024 * 1024;

/** What every line of the log has: its number and its time. */
const ENVELOPE_BYTES = 64;

/** Passes a turn's events on until they are too many; then only their size is kept. */
export interface EventBudget {
  record(event: EventBody & { type: "text.written" | "tool.called" | "tool.returned" | "model.called" }): void;
  /** Counts what was dropped elsewhere. */
  drop(bytes: number): void;
  dropped(): number;
}

export function createEventBudget(record: (event: EventBody) => void, limit = EVENT_BYTES): EventBudget {
  let left = limit;
  let dropped = 0;
  return {
    record(event) {
      const size = ENVELOPE_BYTES + Buffer.byteLength(JSON.stringify(event));
      if (size > left) {
        dropped += size;
        return;
      }
      left -= size;
      record(event);
    },
    drop(bytes) {
      dropped += bytes;
    },
    dropped: () => dropped,
  };
}

/** After how long a turn is ended; null: never. */
export interface TurnLimits {
  readonly turnMs: number | null;
  /** Without a word, while no tool call is open and no question waits. */
  readonly silenceMs: number | null;
  /** Of one tool call. */
  readonly toolMs: number | null;
  /** Of model calls that do nothing but fail. */
  readonly retryMs: number | null;
}

const MINUTE_MS = 60_000;

/**
 * `turnLimitMs`, `silenceLimitMs`, `toolLimitMs` and `retryLimitMs` of the agent in session.json; 0 takes a limit away.
 * Unless it is asked for, silence is no sign of anything in a coding agent that does not tell what it does. Pure.
 */
export function turnLimits(choice: AgentChoice, narrates: boolean): TurnLimits {
  const read = (name: string, otherwise: number | null) => {
    const limit = choice[name];
    return typeof limit === "number" && limit >= 0 ? limit || null : otherwise;
  };
  return {
    turnMs: read("turnLimitMs", null),
    silenceMs: read("silenceLimitMs", narrates ? 10 * MINUTE_MS : null),
    toolMs: read("toolLimitMs", 60 * MINUTE_MS),
    retryMs: read("retryLimitMs", 5 * MINUTE_MS),
  };
}
