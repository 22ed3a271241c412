import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { listSessions } from "../sessions/list.ts";
import type { StreamItem } from "./stream.ts";

// The feed counts from 1 in every process: an id of an earlier dispatcher must not be taken for one of ours.
const PROCESS = randomBytes(6).toString("hex");
const itemId = (id: number): string => `${PROCESS}-${id}`;

/**
 * Every change of every session. A reader that names the last event it saw gets what came after it; any other, and one that
 * fell too far behind, gets all sessions as they are.
 */
export async function* allEvents(
  context: Context,
  options: { lastEventId: string | undefined; signal: AbortSignal },
): AsyncGenerator<StreamItem> {
  const { feed } = context;
  const { signal } = options;
  const bell = createBell(signal);
  const unsubscribe = feed.subscribe(bell.ring);
  try {
    let position = positionOf(options.lastEventId);
    while (!signal.aborted) {
      const missed = position === null ? null : feed.since(position);
      if (missed === null) {
        position = feed.lastId();
        yield* snapshot(context, position);
      } else {
        for (const event of missed) {
          position = event.id;
          yield { id: itemId(event.id), data: event };
        }
        if (missed.length === 0) await bell.wait();
      }
    }
  } finally {
    unsubscribe();
  }
}

// Only the last item has the id: a reader that is cut off in the middle begins again.
function* snapshot(context: Context, position: number): Generator<StreamItem> {
  const sessions = listSessions(context, { all: true });
  for (const [index, session] of sessions.entries()) {
    const data = { id: position, type: "session.changed", session };
    yield index === sessions.length - 1 ? { id: itemId(position), data } : { data };
  }
}

function positionOf(lastEventId: string | undefined): number | null {
  const match = new RegExp(`^${PROCESS}-(\\d{1,15})$`).exec(lastEventId ?? "");
  return match ? Number(match[1]) : null;
}

// The feed holds what a slow reader has not read: ringing again while it reads changes nothing.
function createBell(signal: AbortSignal): { ring(): void; wait(): Promise<void> } {
  let rung = false;
  let wake = (): void => undefined;
  signal.addEventListener("abort", () => wake(), { once: true });
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: async () => {
      if (!rung && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      rung = false;
    },
  };
}
