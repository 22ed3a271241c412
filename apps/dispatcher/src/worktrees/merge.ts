import { HarnessError } from "@harness/core";
import { createSerial } from "../serial.ts";
import { escapeLine } from "./escape.ts";
import type { GitContext } from "./git.ts";
import { hasCommit } from "./hub.ts";
import { type Import, importMirror } from "./import.ts";
import { type FreshMergeRecord, type MergeRecord, readMergeRecord, writeMergeRecord } from "./merge-record.ts";
import { withMirror } from "./mirror.ts";
import { commitMerge, findMerge, planMerge } from "./plan-merge.ts";
import type { Changes } from "./read-status.ts";
import { readRecord, type WorktreeRecord } from "./record.ts";
import { fetchTarget, isAncestor, readTarget, type Target } from "./target.ts";
import { dropAside, putAside, sendCommit, type Step, updateTarget } from "./update-target.ts";

export interface MergeInput {
  id: string;
  /** The branch to merge into; the one the session started from unless given. */
  into?: string | undefined;
  message?: string | undefined;
  /** Told after each step that a crash may follow. For tests. */
  onStep?: Step | undefined;
}

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
}

const ATTEMPTS = 5;

// One merge at a time into one repository.
const inTurn = createSerial();

/**
 * Merges what the session committed into a branch of the person's repository. Conflicts are found before anything moves;
 * the branch moves by compare-and-swap. Killed at any moment and run again, it makes one merge commit.
 * Throws `merge-conflict` (details: files, base, ours, theirs, into), `nothing-to-merge`, `target-moved`, and what
 * `importMirror` and `readTarget` throw.
 */
export async function mergeSession(context: GitContext, input: MergeInput): Promise<Merge> {
  const record = await readRecord(context, input.id);
  return inTurn(record.gitDirectory, async () => {
    await readTarget(context, record, input.into);
    const imported = await withMirror(context, input.id, (mirror) => importMirror(context, mirror));
    await input.onStep?.("imported");
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const merged = await tryMerge(context, { input, record, imported });
      if (merged !== "moved") return merged;
    }
    throw new HarnessError(
      "target-moved",
      `The target moved ${ATTEMPTS} times while the merge was worked out. Nothing was changed.`,
    );
  });
}

interface Attempt {
  input: MergeInput;
  record: WorktreeRecord;
  imported: Import;
}

async function tryMerge(context: GitContext, attempt: Attempt): Promise<Merge | "moved"> {
  const { input, record, imported } = attempt;
  const onStep = input.onStep ?? (() => {});
  const target = await readTarget(context, record, input.into);
  await fetchTarget(context, record, target);
  const earlier = await readMergeRecord(context.root, record.session);
  if (await isAncestor(context, record.hub, [imported.oid, target.oid]))
    return finishEarlier(context, { ...attempt, target, earlier });

  const commit = await chooseCommit(context, { ...attempt, target, earlier });
  const aside = earlier?.aside ?? null;
  const marker = { session: record.session, into: target.name, from: target.oid, tip: imported.oid, commit, aside };
  await writeMergeRecord(context.root, { ...marker, state: "planned" });
  await onStep("planned");
  await sendCommit(context, record, commit);
  await onStep("objects");
  const updated = await updateTarget(context, { record, target, commit, onStep });
  if (updated.outcome === "moved") return "moved";
  if (updated.outcome === "blocked") {
    const kept = await putAside(context, record, { commit, earlier: aside });
    await writeMergeRecord(context.root, { ...marker, state: "waiting", aside: kept });
    const wait = { branch: kept.branch, why: updated.why, checkout: updated.checkout };
    return describe({ target, commit, imported, checkout: null, wait });
  }
  await onStep("branch");
  await markMerged(context, record, marker);
  await onStep("marked");
  return describe({ target, commit, imported, checkout: updated.checkout });
}

type Found = Attempt & { target: Target; earlier: MergeRecord | null };

// A merge that was worked out before for the same two commits is the merge: there is never a second commit for it.
async function chooseCommit(context: GitContext, found: Found): Promise<string> {
  const { input, record, imported, target, earlier } = found;
  const { hub, session, identity, branch } = record;
  const isSame = earlier?.tip === imported.oid && earlier.from === target.oid && earlier.into === target.name;
  if (isSame && (await hasCommit(context, hub, earlier.commit))) return earlier.commit;
  const sides = { ours: target.oid, theirs: imported.oid };
  const plan = await planMerge(context, hub, sides);
  if (plan.outcome === "conflict") throw conflict({ session, into: target.name, ...sides, ...plan });
  const message = input.message ?? `Merge ${branch}`;
  return commitMerge(context, hub, { ...sides, tree: plan.tree, message, session, identity });
}

// The target has the session's commits. Either a run that was killed had moved it already, or a person has taken a
// waiting merge: then that merge is finished. Otherwise there is nothing to do.
async function finishEarlier(context: GitContext, found: Found): Promise<Merge> {
  const { record, imported, target, earlier } = found;
  const isDone = earlier?.state === "merged" && earlier.tip === imported.oid;
  const wanted = { target: target.oid, start: record.start, tip: imported.oid, session: record.session };
  const commit = isDone ? null : await findMerge(context, record.hub, wanted);
  if (commit === null) {
    throw new HarnessError(
      "nothing-to-merge",
      `${escapeLine(target.name)} has everything that session ${record.session} committed.`,
      {
        details: { uncommitted: imported.uncommitted },
      },
    );
  }
  const { session } = record;
  const from = earlier?.from ?? record.start;
  const marker = { session, into: target.name, from, tip: imported.oid, commit, aside: earlier?.aside ?? null };
  await markMerged(context, record, marker);
  return describe({ target, commit, imported, checkout: null });
}

type Marker = Omit<FreshMergeRecord, "state">;

async function markMerged(context: GitContext, record: WorktreeRecord, marker: Marker): Promise<void> {
  if (marker.aside !== null) await dropAside(context, record, marker.aside);
  await writeMergeRecord(context.root, { ...marker, state: "merged", aside: null });
}

interface Told {
  target: Target;
  commit: string;
  imported: Import;
  checkout: string | null;
  wait?: { branch: string; why: string; checkout: string };
}

function describe({ target, commit, imported, checkout, wait }: Told): Merge {
  const { oid: tip, uncommitted } = imported;
  const into = escapeLine(target.name);
  const facts = { into: target.name, commit, tip, uncommitted, checkout };
  if (wait === undefined) {
    const line = `${escapeLine(imported.branch)} is merged into ${into} (${commit.slice(0, 10)}).`;
    return { outcome: "merged", branch: null, line, ...facts };
  }
  const { branch, why } = wait;
  const line = `${into} ${why}, so the merge waits on ${branch}. Take it with: git -C ${wait.checkout} merge ${branch}`;
  return { outcome: "waiting", branch, line, ...facts };
}

interface Conflict {
  session: string;
  into: string;
  ours: string;
  theirs: string;
  base: string | null;
  files: string[];
}

function conflict({ session, into, ours, theirs, base, files }: Conflict): HarnessError {
  const shown = files.slice(0, 5).map(escapeLine).join(", ");
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  const message = `Session ${session} and ${escapeLine(into)} changed the same lines: ${shown}${more}. Nothing was changed.`;
  return new HarnessError("merge-conflict", message, { details: { into, files, base, ours, theirs } });
}
