import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { isHarnessError } from "@harness/core";
import { readShallow, writeGitDirectory } from "../worktrees/git-directory.ts";
import { type GitContext, type GitResult, runGit } from "../worktrees/git.ts";
import { planMerge } from "../worktrees/plan-merge.ts";
import type { AtMost } from "./at-most.ts";
import { type Lookout, SCRATCH } from "./lookout.ts";
import { listFiles } from "./overlap.ts";
import { type MergeOutcome, parseMerges } from "./parse-merges.ts";

export type TriedMerge = MergeOutcome | { problem: string };
export type Commits = readonly [string, string];

const BATCH = 16;
const BATCH_TIMEOUT_MS = 60_000;
const SINGLE_TIMEOUT_MS = 15_000;
const OLD_GIT = 129;

/**
 * Works merges out, one for each pair of commits, a process for many of them. What git writes for it is thrown away.
 * A merge that cannot be worked out does not stop the others.
 */
export async function mergePairs(
  context: GitContext,
  pairs: readonly Commits[],
  { lookout, atMost }: { lookout: Lookout; atMost: AtMost },
): Promise<TriedMerge[]> {
  if (pairs.length === 0) return [];
  const scratch = await mkdtemp(join(lookout.directory, SCRATCH));
  try {
    const borrow = join(lookout.gitDirectory, "objects");
    const shallow = await readShallow(lookout.gitDirectory);
    const { objectFormat } = lookout;
    await writeGitDirectory(scratch, { objectFormat, borrow, branch: "none", refs: new Map(), shallow });
    const batches = Array.from({ length: Math.ceil(pairs.length / BATCH) }, (_, index) =>
      pairs.slice(index * BATCH, (index + 1) * BATCH),
    );
    const tried = await Promise.all(batches.map((batch) => atMost(() => mergeBatch(context, batch, scratch))));
    return tried.flat();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function mergeBatch(context: GitContext, batch: readonly Commits[], scratch: string): Promise<TriedMerge[]> {
  const tried: TriedMerge[] = [];
  while (tried.length < batch.length) {
    const left = batch.slice(tried.length);
    try {
      const answer = await mergeTree(context, left, { scratch, timeoutMs: BATCH_TIMEOUT_MS });
      if (answer.code === OLD_GIT) return [...tried, ...(await mergeOneByOne(context, left, scratch))];
      tried.push(...parseMerges(answer.bytes).slice(0, left.length));
      // git ends at the first pair it cannot merge.
      if (tried.length < batch.length) tried.push({ problem: answer.warnings.trim() || "git gave no answer" });
    } catch (error) {
      if (!isHarnessError(error) || error.code !== "timed-out") throw error;
      tried.push(...(await mergeSlowly(context, left, scratch)));
    }
  }
  return tried;
}

const WITHOUT_MESSAGES = [
  "merge-tree",
  "--write-tree",
  "--stdin",
  "--name-only",
  "--no-messages",
  "--allow-unrelated-histories",
];

function mergeTree(
  context: GitContext,
  pairs: readonly Commits[],
  { scratch, timeoutMs }: { scratch: string; timeoutMs: number },
): Promise<GitResult> {
  const input = pairs.map(([one, other]) => `${one} ${other}\n`).join("");
  const options = { gitDirectory: scratch, config: ["core.fsync=none"], accept: [1, 128, OLD_GIT], cut: true };
  return runGit(context, WITHOUT_MESSAGES, { ...options, input, timeoutMs });
}

// One of them takes too long: which one shows when each runs by itself.
async function mergeSlowly(context: GitContext, pairs: readonly Commits[], scratch: string): Promise<TriedMerge[]> {
  const tried: TriedMerge[] = [];
  for (const pair of pairs) {
    tried.push(
      await mergeTree(context, [pair], { scratch, timeoutMs: SINGLE_TIMEOUT_MS }).then(
        ({ bytes, warnings }) => parseMerges(bytes)[0] ?? { problem: warnings.trim() },
        problemOf,
      ),
    );
  }
  return tried;
}

// Before 2.39 git merges one pair a process.
async function mergeOneByOne(context: GitContext, pairs: readonly Commits[], scratch: string): Promise<TriedMerge[]> {
  const tried: TriedMerge[] = [];
  for (const [ours, theirs] of pairs) {
    tried.push(
      await planMerge(context, scratch, { ours, theirs }).then(
        (plan) => ({ isClean: plan.outcome === "clean", ...listFiles(plan.outcome === "clean" ? [] : plan.files) }),
        problemOf,
      ),
    );
  }
  return tried;
}

function problemOf(error: unknown): { problem: string } {
  if (isHarnessError(error)) return { problem: error.message };
  throw error;
}
