import { HarnessError, isHarnessError } from "@harness/core";
import { findUse } from "./checkouts.ts";
import { isOnBranch, moveFiles, moveFilesBack } from "./fast-forward.ts";
import { type GitContext, runGit } from "./git.ts";
import { FETCH } from "./hub.ts";
import { identityVariables } from "./identity.ts";
import type { Aside } from "./merge-record.ts";
import type { WorktreeRecord } from "./record.ts";
import type { Target } from "./target.ts";

export type Step = (name: "imported" | "planned" | "objects" | "files" | "branch" | "marked") => void | Promise<void>;

export interface Update {
  record: WorktreeRecord;
  target: Target;
  commit: string;
  /** What the log of the branch says of the move. */
  reason: string;
  onStep: Step;
}

export type Updated =
  | { outcome: "updated"; checkout: string | null }
  | { outcome: "moved" }
  | { outcome: "blocked"; checkout: string; why: string };

/** Brings a commit of the hub into the person's repository. No ref names it there yet. */
export async function sendCommit(
  context: GitContext,
  { hub, gitDirectory }: WorktreeRecord,
  commit: string,
): Promise<void> {
  const config = ["core.fsync=all", "fetch.fsckObjects=false"];
  await runGit(context, [...FETCH, hub, commit], { gitDirectory, config, timeoutMs: 15 * 60_000 });
}

/** Moves the target to the merge commit if it still stands where the merge was worked out. */
export async function updateTarget(context: GitContext, update: Update): Promise<Updated> {
  const { record, target, commit, reason, onStep } = update;
  const use = await findUse(context, record, target.ref);
  if (use.state === "busy") return { outcome: "blocked", checkout: record.source, why: use.why };
  if (use.state === "free") {
    const moved = !(await compareAndSwap(context, record, { ref: target.ref, from: target.oid, to: commit, reason }));
    return moved ? { outcome: "moved" } : { outcome: "updated", checkout: null };
  }
  const { checkout } = use;
  const move = { checkout, from: target.oid, to: commit };
  const why = await moveFiles(context, move);
  if (why !== null) return { outcome: "blocked", checkout, why: `is checked out in ${checkout}, which ${why}` };
  await onStep("files");
  let swapped = false;
  try {
    const stays = await isOnBranch(context, checkout, target.ref);
    swapped =
      stays && (await compareAndSwap(context, record, { ref: target.ref, from: target.oid, to: commit, reason }));
  } finally {
    // The files follow the branch, whatever became of it.
    if (!swapped) await moveFilesBack(context, move);
  }
  return swapped ? { outcome: "updated", checkout } : { outcome: "moved" };
}

interface Swap {
  ref: string;
  /** Zeros for a ref that must not be there. */
  from: string;
  to: string;
  reason: string;
}

/** False when the ref stands elsewhere by now. */
async function compareAndSwap(context: GitContext, record: WorktreeRecord, swap: Swap): Promise<boolean> {
  const { ref, from, to, reason } = swap;
  const env = identityVariables(record.identity);
  const args = ["update-ref", "-m", `harness: ${reason}`, ref, to, from];
  try {
    await runGit(context, args, { gitDirectory: record.gitDirectory, env });
    return true;
  } catch (error) {
    if ((await readRef(context, record, ref)) === from) throw error;
    return false;
  }
}

export function describeMerge({ branch, session }: WorktreeRecord): string {
  return `merge ${branch} of session ${session}`;
}

/** Puts the commit on a branch of ours in the person's repository. What the person did to such a branch stays. */
export async function putAside(
  context: GitContext,
  record: WorktreeRecord,
  { commit, earlier }: { commit: string; earlier: Aside | null },
): Promise<Aside> {
  const zeros = "0".repeat(commit.length);
  // A branch called `harness` would stand in the way of `harness/…`.
  const separator = (await readRef(context, record, "refs/heads/harness")) === null ? "/" : "-";
  const plain = `harness${separator}${record.session}`;
  for (const branch of [plain, `${plain}-${commit.slice(0, 10)}`]) {
    const ref = `refs/heads/${branch}`;
    const current = await readRef(context, record, ref);
    if (current === commit) return { branch, commit };
    const isFree = (await findUse(context, record, ref)).state === "free";
    const isOurs = current === null || (earlier?.branch === branch && earlier.commit === current);
    const swap = { ref, from: current ?? zeros, to: commit, reason: describeMerge(record) };
    if (isFree && isOurs && (await compareAndSwap(context, record, swap))) return { branch, commit };
  }
  const hint = `Rename or remove the branch ${plain} of ${record.source}, then merge again.`;
  throw new HarnessError("git-failed", `No branch is left for the merge of session ${record.session} to wait on.`, {
    hint,
  });
}

/**
 * Takes the branch of an earlier merge away, if it still stands where it was put and nobody is on it. False where it could
 * not be: what has come in is in all the same.
 */
export async function dropAside(
  context: GitContext,
  record: WorktreeRecord,
  { branch, commit }: Aside,
): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  if ((await findUse(context, record, ref)).state !== "free") return true;
  if ((await readRef(context, record, ref)) !== commit) return true;
  try {
    await runGit(context, ["update-ref", "-d", ref, commit], { gitDirectory: record.gitDirectory });
    return true;
  } catch (error) {
    if (isHarnessError(error) && error.code === "git-failed") return false;
    throw error;
  }
}

async function readRef(context: GitContext, { gitDirectory }: WorktreeRecord, ref: string): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", ref];
  const { code, text } = await runGit(context, args, { gitDirectory, accept: [1] });
  return code === 0 ? text : null;
}
