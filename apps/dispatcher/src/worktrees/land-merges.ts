import { createSerial } from "../serial.ts";
import { escapeLine } from "./escape.ts";
import type { GitContext } from "./git.ts";
import { type FreshMergeRecord, type Landed, type MergeRecord, writeMergeRecord } from "./merge-record.ts";
import type { Candidate } from "./prepare-merge.ts";
import type { Changes } from "./read-status.ts";
import { shellLine } from "./shell-line.ts";
import { readTarget, type Target } from "./target.ts";
import { describeMerge, dropAside, putAside, sendCommit, type Step, updateTarget } from "./update-target.ts";

export interface Merge {
  /** `waiting`: the merge is on `branch`, because the target is in use. */
  outcome: "merged" | "waiting";
  into: string;
  commit: string;
  /** The session's commit that was taken in. */
  tip: string;
  branch: string | null;
  /** The person's checkout that was brought along. */
  checkout: string | null;
  /** What the session has not committed: not part of the merge. */
  uncommitted: Changes;
  /** What happened, in one line; where it waits, how to take it. */
  line: string;
  /** The command that takes what waits, for a shell. */
  take: string | null;
}

/** One candidate and the commit that takes it in, on top of `from`. */
export interface Link {
  candidate: Candidate;
  from: string;
  commit: string;
  earlier: MergeRecord | null;
}

// One move at a time in one repository.
const inTurn = createSerial();

/**
 * Moves the target to the last link at once, if it still stands where the first one begins. In the place of a target that
 * is in use, each link waits on a branch of its own.
 */
export async function landMerges(
  context: GitContext,
  { target, links, onStep }: { target: Target; links: readonly Link[]; onStep: Step },
): Promise<Merge[] | "moved"> {
  const last = links.at(-1);
  if (last === undefined) return [];
  const { record } = last.candidate;
  return inTurn(record.gitDirectory, async () => {
    if ((await readTarget(context, record, target.name)).oid !== target.oid) return "moved";
    for (const link of links) await writeMergeRecord(context.root, { ...mark(link, target), state: "planned" });
    await onStep("planned");
    await sendCommit(context, record, last.commit);
    await onStep("objects");
    const reason = links.length === 1 ? describeMerge(record) : `merge ${links.length} sessions`;
    const updated = await updateTarget(context, { record, target, commit: last.commit, reason, onStep });
    if (updated.outcome === "moved") return "moved";
    if (updated.outcome === "blocked") return waitAside(context, { target, links, ...updated });
    await onStep("branch");
    const merges: Merge[] = [];
    for (const link of links) {
      await markMerged(context, link, target);
      merges.push(describe(link, target, { checkout: updated.checkout }));
    }
    await onStep("marked");
    return merges;
  });
}

async function waitAside(
  context: GitContext,
  { target, links, why, checkout }: { target: Target; links: readonly Link[]; why: string; checkout: string },
): Promise<Merge[]> {
  const merges: Merge[] = [];
  for (const link of links) {
    const { record } = link.candidate;
    const kept = await putAside(context, record, { commit: link.commit, earlier: link.earlier?.aside ?? null });
    await writeMergeRecord(context.root, { ...mark(link, target), state: "waiting", aside: kept });
    merges.push(describe(link, target, { checkout: null, wait: { branch: kept.branch, why, checkout } }));
  }
  return merges;
}

/** Notes that a merge is in, whoever moved the target. */
export async function finishMerge(context: GitContext, link: Link, target: Target): Promise<Merge> {
  const how = link.earlier?.how ?? link.candidate.how;
  await markMerged(context, { ...link, candidate: { ...link.candidate, how } }, target);
  return describe(link, target, { checkout: null });
}

function mark({ candidate, from, commit, earlier }: Link, target: Target): Omit<FreshMergeRecord, "state"> {
  const { record, imported, how } = candidate;
  const facts = { session: record.session, into: target.name, how, from, tip: imported.oid, commit };
  return { ...facts, aside: earlier?.aside ?? null, landed: earlier?.landed ?? [] };
}

const LANDED_KEPT = 32;

async function markMerged(context: GitContext, link: Link, target: Target): Promise<void> {
  const { record, how } = link.candidate;
  const marker = mark(link, target);
  const isLeft = marker.aside !== null && !(await dropAside(context, record, marker.aside));
  const { into, tip, commit } = marker;
  const landed: Landed = how === "merge-commit" ? marker.landed : [...marker.landed, { into, tip, commit }];
  const fresh = { ...marker, landed: landed.slice(-LANDED_KEPT), aside: isLeft ? marker.aside : null };
  await writeMergeRecord(context.root, { ...fresh, state: "merged" });
}

interface Told {
  checkout: string | null;
  wait?: { branch: string; why: string; checkout: string };
}

function describe({ candidate, commit }: Link, target: Target, { checkout, wait }: Told): Merge {
  const { oid: tip, uncommitted } = candidate.imported;
  const into = escapeLine(target.name);
  const facts = { into: target.name, commit, tip, uncommitted, checkout };
  if (wait === undefined) {
    const line = `${escapeLine(candidate.imported.branch)} is merged into ${into} (${commit.slice(0, 10)}).`;
    return { outcome: "merged", branch: null, line, take: null, ...facts };
  }
  const { branch, why } = wait;
  const take = shellLine(["git", "-C", wait.checkout, "merge", branch]);
  const line = `${into} ${why}, so the merge waits on ${branch}. Take it with: ${take}`;
  return { outcome: "waiting", branch, line, take, ...facts };
}
