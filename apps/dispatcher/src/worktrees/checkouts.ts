import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitContext, runGit } from "./git.ts";

/** Where a branch of the person's repository is in use. */
export type Use =
  | { state: "free" }
  | { state: "checked out"; checkout: string }
  /** In the middle of a rebase or a bisection, which will write the branch when it ends. */
  | { state: "busy"; why: string };

export async function findUse(
  context: GitContext,
  { gitDirectory, checkout }: { gitDirectory: string; checkout?: string | null | undefined },
  ref: string,
): Promise<Use> {
  const { text } = await runGit(context, ["worktree", "list", "--porcelain", "-z"], { gitDirectory, trust: "person" });
  const holder = parseWorktrees(text).find(({ branch, isGone }) => branch === ref && !isGone);
  if (holder !== undefined) {
    const place = await findPlace(context, { path: holder.path, gitDirectory, checkout });
    if (place === null) return { state: "busy", why: "is checked out in a place that its repository does not name" };
    if (!existsSync(place)) return { state: "busy", why: `is checked out in ${place}, which is not there` };
    return { state: "checked out", checkout: place };
  }
  const why = await findOperation(gitDirectory, ref);
  return why === null ? { state: "free" } : { state: "busy", why };
}

interface Holder {
  path: string;
  gitDirectory: string;
  checkout?: string | null | undefined;
}

// Of a repository apart from its files, such as that of a submodule, git lists the repository itself.
async function findPlace(context: GitContext, { path, gitDirectory, checkout }: Holder): Promise<string | null> {
  if (path !== gitDirectory) return path;
  const ask = async (cwd: string, question: string) =>
    (await runGit(context, ["rev-parse", question], { cwd, trust: "person", accept: [128] })).text;
  const told = await ask(gitDirectory, "--show-toplevel");
  if (told !== "") return told;
  if (checkout === null || checkout === undefined || !existsSync(checkout)) return null;
  return (await ask(checkout, "--absolute-git-dir")) === gitDirectory ? checkout : null;
}

/** The answer of `git worktree list --porcelain -z`: records of NUL-ended lines, an empty line after each. */
export function parseWorktrees(text: string): { path: string; branch: string | null; isGone: boolean }[] {
  return text.split("\0\0").flatMap((record) => {
    const lines = record.split("\0");
    const value = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
    const path = value("worktree");
    if (path === undefined) return [];
    // Its folder was deleted, and git lets go of it with its next housekeeping.
    const isGone = lines.some((line) => /^prunable( |$)/.test(line));
    return [{ path, branch: value("branch") ?? null, isGone }];
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
