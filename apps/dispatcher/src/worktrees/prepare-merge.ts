import { HarnessError } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { hasCommit } from "./hub.ts";
import type { Import } from "./import.ts";
import { type How, type MergeRecord, readMergeRecord } from "./merge-record.ts";
import { pickCommits, treeOf } from "./pick-commits.ts";
import { commitMerge, findMerge, planMerge } from "./plan-merge.ts";
import type { WorktreeRecord } from "./record.ts";
import { isAncestor, type Target } from "./target.ts";

/** The work of one session on its way into a target. */
export interface Candidate {
  record: WorktreeRecord;
  imported: Import;
  how: How;
  message?: string | undefined;
  /** When it was asked for: a merge of it that is marked later was made for it, by a dispatcher that was killed then. */
  since?: string | undefined;
}

export interface Conflict {
  files: string[];
  base: string | null;
  ours: string;
  theirs: string;
}

export type Prepared =
  | { outcome: "ready"; commit: string; earlier: MergeRecord | null }
  /** The target has it already, by a merge that was not told of yet. */
  | { outcome: "done"; commit: string; earlier: MergeRecord | null }
  | { outcome: "nothing" }
  | ({ outcome: "conflict" } & Conflict);

/**
 * Works out the commit that takes a candidate in on top of `onto`: the target, or what others are to make of it. Only
 * objects are written.
 */
export async function prepareMerge(
  context: GitContext,
  wanted: { candidate: Candidate; target: Target; onto: string },
): Promise<Prepared> {
  const { candidate, target, onto } = wanted;
  const { record, imported } = candidate;
  const { hub, session, start } = record;
  const tip = imported.oid;
  const earlier = await readMergeRecord(context.root, session);
  const isSame = earlier?.tip === tip && earlier.into === target.name;
  const isOurs = candidate.since !== undefined && earlier !== null && earlier.updatedAt >= candidate.since;
  const isDone = earlier?.tip === tip && earlier.state === "merged" && !isOurs;
  if (isSame && (await has(context, hub, [earlier.commit, onto])))
    return isDone ? { outcome: "nothing" } : { outcome: "done", commit: earlier.commit, earlier };
  const isIn = await isAncestor(context, hub, [tip, onto]);
  if (!isDone && (isIn || earlier === null)) {
    const commit = await findMerge(context, hub, { target: onto, start, tip, session });
    if (commit !== null) return { outcome: "done", commit, earlier };
  }
  if (isIn) return { outcome: "nothing" };
  // A merge that was worked out before for the same two commits is the merge: there is never a second commit for it.
  if (
    isSame &&
    earlier.from === onto &&
    earlier.how === candidate.how &&
    (await hasCommit(context, hub, earlier.commit))
  )
    return { outcome: "ready", commit: earlier.commit, earlier };
  const landed = await findLanded(context, { candidate, target, onto, earlier });
  const made =
    candidate.how === "rebase" ? await pick(context, wanted, landed) : await combine(context, wanted, landed);
  return made.outcome === "ready" ? { ...made, earlier } : made;
}

type Made = { outcome: "ready"; commit: string } | { outcome: "nothing" } | ({ outcome: "conflict" } & Conflict);
type Wanted = { candidate: Candidate; onto: string };

async function pick(context: GitContext, { candidate, onto }: Wanted, landed: string[]): Promise<Made> {
  const { hub, session, identity } = candidate.record;
  const picked = await pickCommits(context, {
    hub,
    session,
    identity,
    onto,
    tip: candidate.imported.oid,
    without: landed,
  });
  if (picked.outcome === "conflict") return picked;
  return picked.commit === onto ? { outcome: "nothing" } : { outcome: "ready", commit: picked.commit };
}

async function combine(context: GitContext, { candidate, onto }: Wanted, landed: string[]): Promise<Made> {
  const { record, imported, how, message = `Merge ${record.branch}` } = candidate;
  const { hub, session, identity } = record;
  const sides = { ours: onto, theirs: imported.oid, base: landed.at(-1) };
  const plan = await planMerge(context, hub, sides);
  if (plan.outcome === "conflict") return { ...plan, ours: onto, theirs: imported.oid };
  const commit = { tree: plan.tree, message, session, identity };
  if (how === "merge-commit")
    return { outcome: "ready", commit: await commitMerge(context, hub, { ...commit, parents: [onto, imported.oid] }) };
  if (plan.tree === (await treeOf(context, hub, onto))) return { outcome: "nothing" };
  const text = candidate.message ?? (await describeCommits(context, { candidate, onto }, landed));
  return {
    outcome: "ready",
    commit: await commitMerge(context, hub, { ...commit, message: text, parents: [onto], tip: imported.oid }),
  };
}

/** What came in squashed or rebased is no ancestor of the target: the next merge begins after it, or it would conflict with itself. */
export async function findLanded(
  context: GitContext,
  { candidate, target, onto, earlier }: Wanted & { target: Target; earlier: MergeRecord | null },
): Promise<string[]> {
  const { hub } = candidate.record;
  const tips: string[] = [];
  for (const { into, tip, commit } of earlier?.landed ?? []) {
    if (into !== target.name) continue;
    const holds = (await has(context, hub, [commit, onto])) && (await has(context, hub, [tip, candidate.imported.oid]));
    if (holds) tips.push(tip);
  }
  return tips;
}

async function has(context: GitContext, hub: string, pair: [string, string]): Promise<boolean> {
  return (await hasCommit(context, hub, pair[0])) && (await isAncestor(context, hub, pair));
}

const SUBJECTS_SHOWN = 50;

async function describeCommits(context: GitContext, { candidate, onto }: Wanted, landed: string[]): Promise<string> {
  const { record, imported } = candidate;
  const range = [imported.oid, ...[onto, ...landed].map((oid) => `^${oid}`)];
  const args = ["log", "--no-merges", "--reverse", `--max-count=${SUBJECTS_SHOWN}`, "--format=%s", ...range];
  const { text } = await runGit(context, args, { gitDirectory: record.hub });
  const subjects = text.split("\n").filter((line) => line !== "");
  return [`Merge ${record.branch}`, "", ...subjects.map((line) => `* ${escapeLine(line).slice(0, 200)}`)].join("\n");
}

/** Why a candidate does not come in, in words. */
export function describeConflict({ record }: Candidate, target: Target, conflict: Conflict): HarnessError {
  const { files, base, ours, theirs } = conflict;
  const into = target.name;
  const shown = files.slice(0, 5).map(escapeLine).join(", ");
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  const message = `Session ${record.session} and ${escapeLine(into)} changed the same lines: ${shown}${more}. Nothing was changed.`;
  return new HarnessError("merge-conflict", message, {
    details: { into, target: target.oid, files, base, ours, theirs },
  });
}

export function describeNothing({ record, imported }: Candidate, target: Target): HarnessError {
  const message = `${escapeLine(target.name)} has everything that session ${record.session} committed.`;
  return new HarnessError("nothing-to-merge", message, { details: { uncommitted: imported.uncommitted } });
}
