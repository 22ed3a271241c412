import { HarnessError, isHarnessError } from "@harness/core";
import { findUnfinished } from "./checkouts.ts";
import { escapeLine } from "./escape.ts";
import { askGit, type GitContext, runGit } from "./git.ts";
import { findInTheWay } from "./in-the-way.ts";
import { readStatus } from "./read-status.ts";
import { shellLine } from "./shell-line.ts";

interface Move {
  checkout: string;
  from: string;
  to: string;
}

/**
 * Takes the files and the index of a person's checkout from one commit to another, and leaves the branch for the caller.
 * Returns why not, in the words of a sentence, when something there is not committed or would be overwritten; then
 * nothing was touched. Filters are the person's own; hooks do not run.
 */
export async function moveFiles(context: GitContext, move: Move): Promise<string | null> {
  const { checkout, from, to } = move;
  const unfinished = await findUnfinished(context, checkout);
  if (unfinished !== null) return `has an operation that is not finished (${unfinished})`;
  const { modified } = await readStatus(context, checkout);
  // Killed between the files and the branch: the files are there already.
  if (modified > 0 && (await isAt(context, checkout, to))) return null;
  if (modified > 0) return `has ${modified} changed ${modified === 1 ? "file" : "files"}`;
  const inTheWay = await findInTheWay(context, move);
  if (inTheWay !== null) return `has a file that the merge would overwrite: ${escapeLine(inTheWay)}`;
  // A lock of the person's own git makes this fail, and what follows say so.
  await inCheckout(context, checkout, ["update-index", "-q", "--refresh"]);
  try {
    await inCheckout(context, checkout, ["read-tree", "-m", "-u", "--no-recurse-submodules", from, to]);
    return null;
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "git-failed") throw error;
    if ((await readStatus(context, checkout)).modified === 0) return `cannot take the merge: ${error.message}`;
    throw halfway(checkout, error);
  }
}

/** Takes the files back. */
export async function moveFilesBack(context: GitContext, { checkout, from, to }: Move): Promise<void> {
  try {
    await inCheckout(context, checkout, ["read-tree", "-m", "-u", "--no-recurse-submodules", to, from]);
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "git-failed") throw error;
    throw halfway(checkout, error);
  }
}

function halfway(checkout: string, error: HarnessError): HarnessError {
  const reset = shellLine(["git", "-C", checkout, "reset", "--hard"]);
  const hint = `Some files of ${checkout} may have changed. It was clean before: \`${reset}\` puts it back.`;
  return new HarnessError("git-failed", error.message, { hint, cause: error });
}

export async function isOnBranch(context: GitContext, checkout: string, ref: string): Promise<boolean> {
  const { text } = await runGit(context, ["symbolic-ref", "-q", "HEAD"], {
    cwd: checkout,
    trust: "person",
    accept: [1],
  });
  return text === ref;
}

async function isAt(context: GitContext, checkout: string, commit: string): Promise<boolean> {
  return askGit(context, ["diff-index", "--quiet", commit, "--"], { cwd: checkout, trust: "person" });
}

async function inCheckout(context: GitContext, checkout: string, args: string[]): Promise<void> {
  await runGit(context, args, {
    cwd: checkout,
    trust: "person",
    accept: args[0] === "update-index" ? [1, 128] : [],
    timeoutMs: 10 * 60_000,
  });
}
