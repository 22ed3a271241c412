import { lstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";

const LOCKS = ["index.lock", "HEAD.lock"];

/**
 * Removes the locks that a killed git left in the session's own clone. Contract: nobody of the session lives.
 * Locks younger than `before` belong to somebody else and stay.
 */
export function removeStaleGitLocks(worktree: string, before: number): void {
  const git = join(worktree, ".git");
  // Through a link the name would be another repository's.
  if (!isRealDirectory(worktree) || !isRealDirectory(git)) return;
  for (const name of LOCKS) {
    const path = join(git, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts?.isFile() && facts.mtimeMs < before) unlinkSync(path);
  }
}

function isRealDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
