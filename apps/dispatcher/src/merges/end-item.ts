import type { Context } from "../context.ts";
import { unpinCommit } from "../worktrees/pin.ts";
import { findRecord } from "../worktrees/record.ts";
import type { MergeItem } from "./item.ts";
import type { QueueParts } from "./queue-parts.ts";

/** Ends an item; before, the hub lets go of its commit. */
export async function endItem(parts: QueueParts, item: MergeItem, changes: Partial<MergeItem>): Promise<MergeItem> {
  await letGo(parts.context, item);
  return parts.change(item, { ...changes, state: "ended", step: null });
}

async function letGo(context: Context, { id, session }: MergeItem): Promise<void> {
  try {
    const record = await findRecord(context, session);
    if (record !== null) await unpinCommit(context, record.hub, id);
  } catch (error) {
    // A ref too many in a hub costs nothing; an item that cannot end would never leave the queue.
    context.log.warn("the commit of a merge stays pinned", { merge: id, error });
  }
}
