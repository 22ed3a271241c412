import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitContext, runGit } from "./git.ts";

/** Where a branch of the person's repository is in use. */
export type Use =
  | { state: "free" }
  | { state: "checked out"; checkout: string }
  /** In the middle of a rebase or a bisection, which will write the branch when it ends. */
  | { state: "busy"; why: string };

export async function findUse(context: GitContext, gitDirectory: string, ref: string): Promise<Use> {
  const { text } = await runGit(context, ["worktree", "list", "--porcelain", "-z"], { gitDirectory, trust: "person" });
  const holder = parseWorktrees(text).find(({ branch }) => branch === ref);
  if (holder !== undefined) return { state: "checked out", checkout: holder.path };
  const why = await findOperation(gitDirectory, ref);
  return why === null ? { state: "free" } : { state: "busy", why };
}

/** The answer of `git worktree list --porcelain -z`: records of NUL-ended lines, an empty line after each. */
export function parseWorktrees(text: string): { path: string; branch: string | null }[] {
  return text.split("\0\0").flatMap((record) => {
    const lines = record.split("\0");
    const value = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
    const path = value("worktree");
    return path === undefined ? [] : [{ path, branch: value("branch") ?? null }];
  });
}

const UNFINISHED = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "rebase-merge",
  "rebase-apply",
  "BISECT_LOG",
  "sequencer",
];

/** What the person is in the middle of in a checkout; null when nothing. */
export async function findUnfinished(context: GitContext, checkout: string): Promise<string | null> {
  const args = ["rev-parse", "--absolute-git-dir"];
  const { text: own } = await runGit(context, args, { cwd: checkout, trust: "person" });
  const names = new Set(await readdir(own));
  return UNFINISHED.find((name) => names.has(name)) ?? null;
}

async function findOperation(gitDirectory: string, ref: string): Promise<string | null> {
  const linked = await readdir(join(gitDirectory, "worktrees")).catch(() => []);
  for (const own of [gitDirectory, ...linked.map((name) => join(gitDirectory, "worktrees", name))]) {
    const read = async (name: string) => (await readFile(join(own, name), "utf8").catch(() => "")).trim();
    if ((await read("rebase-merge/head-name")) === ref || (await read("rebase-apply/head-name")) === ref)
      return "is being rebased";
    if (`refs/heads/${await read("BISECT_START")}` === ref) return "is being bisected";
  }
  return null;
}
