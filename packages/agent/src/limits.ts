import type { AgentChoice, EventBody, StopReason } from "@harness/core";

/** Why a running turn is stopped. */
export type AbortCause = "cancel" | "close" | "time" | "stop" | "storage";

/** What the turn then ended with. `interrupted` is not an end: the turn goes on later. */
export const STOP_REASONS: Readonly<Record<AbortCause, StopReason>> = {
  cancel: "cancelled",
  close: "cancelled",
  time: "timeout",
  stop: "interrupted",
  storage: "interrupted",
};

const WEAKEST_FIRST: readonly AbortCause[] = ["storage", "time", "cancel", "close", "stop"];

/** Which of two causes decides over a turn. Pure. */
export function strongerCause(one: AbortCause | null, other: AbortCause): AbortCause {
  return one !== null && WEAKEST_FIRST.indexOf(one) > WEAKEST_FIRST.indexOf(other) ? one : other;
}

/** Bytes of text events and of tool events that one turn may leave in log/events.jsonl. */
export const EVENT_BYTES = 1024 * 1024;

/** Passes a turn's events on until they are too many; then only their size is kept. */
export interface EventBudget {
  record(event: EventBody & { type: "text.written" | "tool.called" | "tool.returned" }): void;
  /** Counts what was dropped elsewhere. */
  drop(bytes: number): void;
  dropped(): number;
}

export function createEventBudget(record: (event: EventBody) => void, limit = EVENT_BYTES): EventBudget {
  let left = limit;
  let dropped = 0;
  return {
    record(event) {
      const size = 64 + Buffer.byteLength(event.text ?? "");
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

/** `agent.turnLimitMs` of session.json; a turn without it may take as long as it wants. */
export function turnLimitMs(choice: AgentChoice): number | null {
  const limit = choice["turnLimitMs"];
  return typeof limit === "number" && limit > 0 ? limit : null;
}
