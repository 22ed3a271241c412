import { derivedMessageId } from "@harness/core";
import { z } from "zod";
import type { Context } from "../context.ts";
import { findSession } from "../sessions/get.ts";
import { sendToSession } from "../sessions/send.ts";
import { importMirror } from "../worktrees/import.ts";
import { readMergeRecord } from "../worktrees/merge-record.ts";
import { withMirror } from "../worktrees/mirror.ts";
import { sessionRefs } from "../worktrees/paths.ts";
import { pickCommits } from "../worktrees/pick-commits.ts";
import { keepRef } from "../worktrees/pin.ts";
import { describeConflict, findLanded } from "../worktrees/prepare-merge.ts";
import { readRecord } from "../worktrees/record.ts";
import { fetchTarget, isAncestor, readTarget } from "../worktrees/target.ts";
import { ChangesSchema } from "./item.ts";
import { type ConflictFacts, tellConflict } from "./tell-conflict.ts";

export const RebaseSchema = z.object({
  outcome: z.enum(["rebased", "up to date"]),
  onto: z.string(),
  /** Where the target stands. */
  target: z.string(),
  /** The session's commit before, and what its branch is to stand on. */
  tip: z.string(),
  commit: z.string(),
  /** How many commits it has on top of the target. */
  count: z.number(),
  uncommitted: ChangesSchema,
  /** The message that asks the session to take it; null where there is nothing to take. */
  message: z.nullable(z.string()),
});
export type Rebase = z.infer<typeof RebaseSchema>;

/**
 * Puts what a session committed on top of the branch it goes into, in the hub and without a checkout. Its worktree is its
 * own: a message tells the session what to take. Throws `merge-conflict`, which the session is told too, and
 * `branch-has-merges`.
 */
export async function rebaseSession(
  context: Context,
  input: { session: string; onto?: string | undefined },
): Promise<Rebase> {
  const record = await readRecord(context, findSession(context, input.session));
  const { hub, session, identity } = record;
  const target = await readTarget(context, record, input.onto);
  const imported = await withMirror(context, session, (mirror) => importMirror(context, mirror));
  await fetchTarget(context, record, target);
  const { oid: tip, uncommitted } = imported;
  const facts = { onto: target.name, target: target.oid, tip, uncommitted };
  if (await isAncestor(context, hub, [target.oid, tip]))
    return { ...facts, outcome: "up to date", commit: tip, count: 0, message: null };
  const candidate = { record, imported, how: "rebase" as const };
  const earlier = await readMergeRecord(context.root, session);
  const without = await findLanded(context, { candidate, target, onto: target.oid, earlier });
  const picked = await pickCommits(context, { hub, session, identity, onto: target.oid, tip, without });
  if (picked.outcome === "conflict") {
    const error = describeConflict(candidate, target, picked);
    await tellConflict(context, { session, how: "rebase" }, error.details as unknown as ConflictFacts);
    throw error;
  }
  const { commit, count } = picked;
  await keepRef(context, hub, { ref: sessionRefs(session, record.branch).rebased, commit });
  const data = { origin: "harness", about: "rebase", onto: target.name, target: target.oid, tip, commit };
  const body = { text: describeRebase(record.branch, { commit, tip, onto: target.name }), data };
  const id = derivedMessageId(session, `rebase/${target.oid}/${tip}/${commit}`, 0);
  const { id: message } = await sendToSession(context, session, { kind: "prompt", body, id });
  return { ...facts, outcome: "rebased", commit, count, message };
}

// `reset --keep` changes nothing where it would lose a change that is not committed.
function describeRebase(branch: string, { commit, tip, onto }: { commit: string; tip: string; onto: string }): string {
  return [
    "This message is from Harness, the program that runs this session; no person wrote it.",
    `Your commits were put on top of ${JSON.stringify(onto)}, as it is now. The result is the commit ${commit}; your repository can read it already.`,
    `If ${JSON.stringify(branch)} still stands on ${tip}, run \`git reset --keep ${commit}\` on it; it refuses where a change that is not committed is in the way: commit that first, and rebase it with \`git rebase --onto ${commit} ${tip}\`. If you have committed since, run that same rebase.`,
    "Then run the tests and say whether they pass.",
  ].join("\n");
}
