import { existsSync } from "node:fs";
import { HarnessError } from "@harness/core";
import { parseBranchName } from "./branch-name.ts";
import { escapeLine } from "./escape.ts";
import { askGit, type GitContext, runGit } from "./git.ts";
import { ensureCommit } from "./hub.ts";
import type { WorktreeRecord } from "./record.ts";

/** A branch of the person's repository that a session's work goes to. */
export interface Target {
  name: string;
  ref: string;
  oid: string;
}

/** The branch `into`, or the one the session started from, as it stands now. Throws `ref-not-found`, `base-lost`, `branch-invalid`. */
export async function readTarget(context: GitContext, record: WorktreeRecord, into?: string): Promise<Target> {
  requireRepository(record);
  const name = into === undefined ? defaultTarget(record) : parseBranchName(into);
  const ref = `refs/heads/${name}`;
  const args = ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`];
  const { code, text } = await runGit(context, args, { gitDirectory: record.gitDirectory, accept: [1] });
  if (code === 0) return { name, ref, oid: text };
  throw new HarnessError("ref-not-found", `${record.source} has no branch ${escapeLine(name)}.`, {
    hint: "Name a branch that exists with --into.",
  });
}

/** The target's commit in the hub, so that both sides are in one place. */
export async function fetchTarget(
  context: GitContext,
  { hub, gitDirectory }: WorktreeRecord,
  target: Target,
): Promise<void> {
  await ensureCommit(context, { hub, gitDirectory, commit: target.oid });
}

/** Where two histories parted; null when they never met. */
export async function findMergeBase(
  context: GitContext,
  gitDirectory: string,
  pair: [string, string],
): Promise<string | null> {
  const { code, text } = await runGit(context, ["merge-base", ...pair], { gitDirectory, accept: [1] });
  return code === 0 ? text : null;
}

export async function isAncestor(context: GitContext, gitDirectory: string, pair: [string, string]): Promise<boolean> {
  return askGit(context, ["merge-base", "--is-ancestor", ...pair], { gitDirectory });
}

function requireRepository({ session, source, gitDirectory }: WorktreeRecord): void {
  if (existsSync(gitDirectory)) return;
  throw new HarnessError("base-lost", `The repository of session ${session} is no longer at ${source}.`);
}

function defaultTarget({ baseRef, session }: WorktreeRecord): string {
  if (baseRef?.startsWith("refs/heads/") === true) return baseRef.slice("refs/heads/".length);
  throw new HarnessError("ref-not-found", `Session ${session} did not start from a branch.`, {
    hint: "Name the branch to merge into with --into.",
  });
}
