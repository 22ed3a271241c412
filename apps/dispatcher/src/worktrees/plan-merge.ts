import { type GitContext, runGit } from "./git.ts";
import { type Identity, identityVariables } from "./identity.ts";
import { splitPaths } from "./snapshot.ts";
import { findMergeBase } from "./target.ts";

export type MergePlan =
  | { outcome: "clean"; tree: string }
  | { outcome: "conflict"; files: string[]; base: string | null };

export interface MergeSides {
  /** The commit the target stands on. */
  ours: string;
  /** The session's commit. */
  theirs: string;
}

const TIMEOUT_MS = 10 * 60_000;

/** Works a merge out without a checkout. Nothing moves: a tree is written at most. */
export async function planMerge(context: GitContext, hub: string, { ours, theirs }: MergeSides): Promise<MergePlan> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs];
  const { code, bytes } = await runGit(context, args, { gitDirectory: hub, accept: [1], timeoutMs: TIMEOUT_MS });
  const [tree = "", ...files] = splitPaths(bytes).map(String);
  if (code === 0) return { outcome: "clean", tree };
  return {
    outcome: "conflict",
    files: files.filter((file) => file !== ""),
    base: await findMergeBase(context, hub, [ours, theirs]),
  };
}

/** The line in a merge commit that says which session it took in. */
export const TRAILER = "Harness-Merge";

/** Writes the merge commit. No ref names it yet. */
export async function commitMerge(
  context: GitContext,
  hub: string,
  commit: MergeSides & { tree: string; message: string; session: string; identity: Identity },
): Promise<string> {
  const { tree, ours, theirs, message, session, identity } = commit;
  const input = `${message.trim()}\n\n${TRAILER}: ${session}\n`;
  const args = ["commit-tree", tree, "-p", ours, "-p", theirs, "-F", "-"];
  return (await runGit(context, args, { gitDirectory: hub, env: identityVariables(identity), input })).text;
}

/** The merge commit below `target` that took exactly `tip` in for the session; null when there is none. */
export async function findMerge(
  context: GitContext,
  hub: string,
  wanted: { target: string; start: string; tip: string; session: string },
): Promise<string | null> {
  const { target, start, tip, session } = wanted;
  const args = ["rev-list", "--merges", "--parents", `--grep=^${TRAILER}: ${session}$`, target, `^${start}`];
  const { text } = await runGit(context, args, { gitDirectory: hub });
  const found = text.split("\n").find((line) => line.split(" ")[2] === tip);
  return found?.split(" ")[0] ?? null;
}
