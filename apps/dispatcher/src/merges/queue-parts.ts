import type { Context } from "../context.ts";
import type { MergeItem } from "./item.ts";
import type { MergeStore } from "./store.ts";

/** What the verbs of the queue are given. */
export interface QueueParts {
  readonly context: Context;
  readonly store: MergeStore;
  /** Contract: on disk, then told to everybody. The item is taken as it is by now. */
  change(item: MergeItem, changes: Partial<MergeItem>): Promise<MergeItem>;
  /** Contract: nobody else decides about items meanwhile. For short work. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
