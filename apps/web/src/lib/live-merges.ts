import { listMerges } from "./api.ts";
import { followEvents } from "./live-events.ts";
import { NO_MERGES, withChanged, withListed } from "./merge-list.ts";
import { explain } from "./problem.ts";
import type { ApiEvent, MergeItem } from "./shapes.ts";
import { createStore, useStore } from "./store.ts";

const list = createStore(NO_MERGES);

/** What the dispatcher says of a merge, as an event or as an answer. */
export function tellMerge(item: MergeItem): void {
  list.set(withChanged(list.get(), item));
}

let newest = 0;

// The stream tells changes only: each (re)connection asks for the whole list. An answer that another one has overtaken is dropped.
export async function relistMerges(): Promise<void> {
  const own = ++newest;
  try {
    const merges = await listMerges();
    if (own === newest) list.set(withListed(list.get(), merges));
  } catch (error) {
    // What is known stays: it is out of date at worst, and says so.
    if (own === newest) list.set({ ...list.get(), problem: explain(error) });
  }
}

const follower = {
  onEvent: (event: ApiEvent) => event.type === "merge.changed" && tellMerge(event.merge),
  onConnection: () => void relistMerges(),
};

/** Follows the merge queue, whatever page is open, until the tab goes. */
export function followMerges(): void {
  if (followEvents(follower)) void relistMerges();
}

export const useMergeList = () => useStore(list, NO_MERGES);
