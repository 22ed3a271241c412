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
  /** Taken for the commit where the two parted, wherever they did; git finds it unless given. */
  base?: string | undefined;
}

const TIMEOUT_MS = 10 * 60_000;

/** Works a merge out without a checkout. Nothing moves: a tree is written at most. */
export async function planMerge(context: GitContext, hub: string, sides: MergeSides): Promise<MergePlan> {
  const { ours, theirs, base } = sides;
  const pair = base === undefined ? [ours, theirs] : await standIn(context, hub, { ours, theirs, base });
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ...pair];
  const { code, bytes } = await runGit(context, args, { gitDirectory: hub, accept: [1], timeoutMs: TIMEOUT_MS });
  const [tree = "", ...files] = splitPaths(bytes).map(String);
  if (code === 0) return { outcome: "clean", tree };
  return {
    outcome: "conflict",
    files: files.filter((file) => file !== ""),
    base: base ?? (await findMergeBase(context, hub, [ours, theirs])),
  };
}

// git 2.38 and 2.39 cannot be told a merge base. Commits of the same trees whose only parent is the base have no other.
async function standIn(context: GitContext, hub: string, sides: Required<MergeSides>): Promise<[string, string]> {
  const env = {
    ...identityVariables({ name: "Harness", email: "harness@localhost" }),
    // The same sides give the same commits: working a merge out again adds nothing to the hub.
    GIT_AUTHOR_DATE: "946684800 +0000",
    GIT_COMMITTER_DATE: "946684800 +0000",
  };
  const write = async (commit: string) => {
    const args = ["commit-tree", `${commit}^{tree}`, "-p", sides.base, "-m", "stands in"];
    return (await runGit(context, args, { gitDirectory: hub, env })).text;
  };
  return [await write(sides.ours), await write(sides.theirs)];
}

/** The line in a commit that says which session it took in. */
export const TRAILER = "Harness-Merge";
/** The line in a commit that took several in as one: the last of them. */
export const TIP_TRAILER = "Harness-Tip";

export interface MergeCommit {
  tree: string;
  parents: readonly string[];
  message: string;
  session: string;
  /** Named where it is no parent. */
  tip?: string | undefined;
  identity: Identity;
}

/** Writes the merge commit. No ref names it yet. */
export async function commitMerge(context: GitContext, hub: string, commit: MergeCommit): Promise<string> {
  const { tree, parents, message, session, tip, identity } = commit;
  const trailers = [`${TRAILER}: ${session}`, ...(tip === undefined ? [] : [`${TIP_TRAILER}: ${tip}`])];
  const input = `${message.trim()}\n\n${trailers.join("\n")}\n`;
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"];
  return (await runGit(context, args, { gitDirectory: hub, env: identityVariables(identity), input })).text;
}

interface Wanted {
  target: string;
  start: string;
  tip: string;
  session: string;
}

/** The commit below `target` that took exactly `tip` in for the session; null when there is none. */
export async function findMerge(context: GitContext, hub: string, wanted: Wanted): Promise<string | null> {
  const { target, start, tip, session } = wanted;
  const search = async (args: string[]) => {
    const { text } = await runGit(context, ["rev-list", "--parents", ...args, target, `^${start}`], {
      gitDirectory: hub,
    });
    return text.split("\n").map((line) => line.split(" "));
  };
  const merges = await search(["--merges", `--grep=^${TRAILER}: ${session}$`]);
  const merge = merges.find(([, , parent]) => parent === tip)?.[0];
  if (merge !== undefined) return merge;
  const [[squashed = ""] = []] = await search(["--max-count=1", `--grep=^${TIP_TRAILER}: ${tip}$`]);
  return squashed !== "" && (await holds(context, hub, { ours: squashed, theirs: tip })) ? squashed : null;
}

// Any commit can say that it took another in. One that did has nothing more to gain from it.
async function holds(context: GitContext, hub: string, sides: MergeSides): Promise<boolean> {
  const plan = await planMerge(context, hub, sides);
  const { text } = await runGit(context, ["rev-parse", "--verify", `${sides.ours}^{tree}`], { gitDirectory: hub });
  return plan.outcome === "clean" && plan.tree === text;
}
