import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import { diffCommit, type DiffInput, diffSession, type SessionDiff } from "../worktrees/diff.ts";
import { runGit } from "../worktrees/git.ts";
import { pinRef } from "../worktrees/pin.ts";
import { readRecord } from "../worktrees/record.ts";
import type { MergeItem } from "./item.ts";
import type { MergeQueue } from "./queue.ts";

export interface DiffWish extends DiffInput {
  /** The commit of a merge that has not ended: exactly that is read, whatever the session has done since. */
  tip?: string | undefined;
}

export interface DiffParts {
  context: Context;
  merges: Pick<MergeQueue, "list">;
}

/** What a session has, or what one of its merges brings. Throws `merge-not-found`, and what `diffSession` throws. */
export async function readDiff({ context, merges }: DiffParts, { tip, ...wish }: DiffWish): Promise<SessionDiff> {
  if (tip === undefined) return diffSession(context, wish);
  const item = findWaiting(merges.list(), { ...wish, tip });
  const record = await readRecord(context, item.session);
  // The queue lets go of a commit when its merge ends, which may be now.
  const args = ["rev-parse", "--verify", "--quiet", pinRef(item.id)];
  const pinned = await runGit(context, args, { gitDirectory: record.hub, accept: [1] });
  if (pinned.text !== tip) throw unknownTip(wish.id, tip);
  return diffCommit(context, { ...wish, record, tip, into: item.into });
}

// A commit that no merge of the session waits with is not shown: any object of the hub could be named.
function findWaiting(
  items: readonly MergeItem[],
  { id, tip, into }: { id: string; tip: string; into?: string | undefined },
): MergeItem {
  const found = items.find(
    (item) =>
      item.state !== "ended" && item.session === id && item.tip === tip && (into === undefined || item.into === into),
  );
  if (found === undefined) throw unknownTip(id, tip);
  return found;
}

function unknownTip(session: string, tip: string): HarnessError {
  const message = `No merge of session ${session} that has not ended has the commit ${tip}.`;
  return new HarnessError("merge-not-found", message, { details: { session, tip } });
}
