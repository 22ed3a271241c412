import { HarnessError } from "@harness/core";
import { simpleGit } from "simple-git";
import { escapeText } from "./escape.ts";
import { readingEnvironment } from "./git-environment.ts";
import type { GitContext } from "./git.ts";

export interface Changes {
  /** Tracked files that differ from the commit, staged or not. */
  modified: number;
  /** New files; a new folder counts once. */
  untracked: number;
}

const TIMEOUT_MS = 60_000;

/** What is not committed in a checkout of the person. Never for a session's worktree: git would run what that names. */
export async function readStatus(context: GitContext, directory: string): Promise<Changes> {
  const git = simpleGit({
    baseDir: directory,
    timeout: { block: TIMEOUT_MS },
    allowEnvironment: ["GIT_OPTIONAL_LOCKS"],
  }).env(readingEnvironment(context.environment));
  const { files, not_added: untracked } = await git.status(["--untracked-files=normal"]).catch((error: unknown) => {
    const said = error instanceof Error ? error.message.trim() : String(error);
    throw new HarnessError("git-failed", `git status failed in ${directory}: ${escapeText(said)}`, { cause: error });
  });
  return { modified: files.length - untracked.length, untracked: untracked.length };
}

export function isClean(changes: Changes): boolean {
  return changes.modified === 0 && changes.untracked === 0;
}

/** "2 changed and 1 new file", for a sentence. */
export function describeChanges({ modified, untracked }: Changes): string {
  const parts = [...(modified > 0 ? [`${modified} changed`] : []), ...(untracked > 0 ? [`${untracked} new`] : [])];
  return `${parts.join(" and ")} ${modified + untracked === 1 ? "file" : "files"}`;
}
