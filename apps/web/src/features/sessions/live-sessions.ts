import { listSessions } from "../../lib/api.ts";
import { followEvents } from "../../lib/live-events.ts";
import { createStore, useStore } from "../../lib/store.ts";
import { applyToList, NO_SESSIONS, type ListAction } from "./session-list.ts";

const list = createStore(NO_SESSIONS);

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

const follower = { onEvent: act, onConnection: () => void relist() };

/** Follows all sessions, whatever page is open, until the tab goes. */
export function followSessions(): void {
  if (followEvents(follower)) void relist();
}

export const useSessionList = () => useStore(list, NO_SESSIONS);
