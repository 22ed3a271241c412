import { fromErrorRecord, HarnessError } from "@harness/core";
import type { Merge } from "../worktrees/land-merges.ts";
import { describeNeed } from "./approval.ts";
import type { MergeItem } from "./item.ts";

/** What became of a merge for whoever waited for it: the merge, or the error that says why there is none. */
export function outcomeOf(item: MergeItem | undefined): Merge {
  if (item?.merge) return item.merge;
  if (item?.error) {
    const { code, message, hint, details } = item.error;
    throw fromErrorRecord({ code, message, hint, details });
  }
  if (item?.state === "needs approval") throw describeNeed(item);
  throw new HarnessError("timed-out", "The merge has not ended yet; it goes on.", {
    hint: "`harness merges` says how far it is.",
  });
}
