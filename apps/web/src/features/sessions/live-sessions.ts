import { EVENTS_URL, listSessions } from "../../lib/api.ts";
import type { ApiEvent } from "../../lib/shapes.ts";
import { openSharedStream } from "../../lib/shared-stream.ts";
import { createStore, useStore } from "../../lib/store.ts";
import type { Connection, Stream } from "../../lib/stream.ts";
import { applyToList, NO_SESSIONS, type ListAction } from "./session-list.ts";

const list = createStore(NO_SESSIONS);
const connection = createStore<Connection>("connecting");
let stream: Stream | undefined;

const BATCH_MS = 100;
let batch: ListAction[] = [];

/** The snapshot of a hundred sessions is one change of the page, not a hundred. */
function act(action: ListAction): void {
  if (batch.length === 0) setTimeout(flush, BATCH_MS);
  batch.push(action);
}

function flush(): void {
  list.set(batch.reduce(applyToList, list.get()));
  batch = [];
}

/** Removals during a break leave no event, so each (re)connection asks for the whole list. */
async function relist(): Promise<void> {
  const since = list.get().revision;
  try {
    act({ type: "listed", sessions: await listSessions(), since });
  } catch {
    // Signed out, which `access` tells, or broken off again, which the stream notices and mends.
  }
}

/** Follows all sessions, whatever page is open, until the tab goes. */
export function followSessions(): void {
  if (stream !== undefined) return stream.retry();
  stream = openSharedStream(EVENTS_URL, {
    events: ["session.changed", "session.removed"],
    onEvent: (event) => act(event as ApiEvent),
    onConnection: (next) => {
      connection.set(next);
      void relist();
    },
  });
  void relist();
  const retry = () => document.visibilityState === "visible" && stream?.retry();
  document.addEventListener("visibilitychange", retry);
  window.addEventListener("online", retry);
}

export const useSessionList = () => useStore(list, NO_SESSIONS);
export const useConnection = () => useStore<Connection>(connection, "connecting");
