import { HarnessError } from "@harness/core";
import { hasHidden } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { findTip, type Mirror, requireTip, withMirror } from "./mirror.ts";
import { parseFiles, type FileChange } from "./parse-files.ts";
import { type Hunk, parseHunks } from "./parse-hunks.ts";
import { treeOf } from "./pick-commits.ts";
import type { Changes } from "./read-status.ts";
import type { WorktreeRecord } from "./record.ts";
import { countUncommitted, listUncommitted, takeSnapshot, type Uncommitted } from "./snapshot.ts";
import { fetchTarget, findMergeBase, readTarget } from "./target.ts";

export interface DiffInput {
  id: string;
  /** `base`: since the session started. `target`: what a merge into `into` would bring. */
  against?: "base" | "target" | undefined;
  into?: string | undefined;
  /** Bytes of `patch` at most. */
  maxBytes?: number | undefined;
}

export interface FileDiff extends FileChange {
  hunks: Hunk[];
  /** Not all of its lines are in `hunks`. */
  cut: boolean;
  /** Its name or a line that it adds holds characters that cannot be seen, or that reorder or recolour what can. */
  hidden: boolean;
  /** What of it no commit has: changes of it, or the file itself. Null when all of it is committed. */
  uncommitted: Uncommitted["kind"] | null;
}

/** Everything the session changed: committed, uncommitted and new files. All texts are the session's, as they are. */
export interface SessionDiff {
  against: "base" | "target";
  /** The commit compared with. */
  from: string;
  /** The tree of the session's files. */
  to: string;
  files: FileDiff[];
  stat: string;
  patch: string;
  /** The patch is longer than `maxBytes`. */
  cut: boolean;
  uncommitted: Changes;
  /** Repositories inside the worktree, which no diff shows. */
  nested: string[];
}

const PATCH_BYTES = 4 * 1024 * 1024;
// Only trees are compared, by a git that knows no driver: nothing of the session runs, and no attribute hides a file.
const DIFF = [
  "diff-tree",
  "-r",
  "--find-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--ignore-submodules=none",
  "--submodule=short",
];

/** Throws `worktree-missing`, `session-damaged`, `missing-branch`, and for a target what `readTarget` throws. */
export async function diffSession(context: GitContext, input: DiffInput): Promise<SessionDiff> {
  const { against = "base", maxBytes = PATCH_BYTES, into } = input;
  return withMirror(context, input.id, async (mirror) => {
    const { record, gitDirectory, git } = mirror;
    const tip = against === "target" ? requireTip(mirror) : (findTip(mirror) ?? mirror.head ?? record.start);
    const from = against === "base" ? record.start : await findFork(context, { record, gitDirectory, tip, into });
    const { tree, nested } = await takeSnapshot(context, mirror);
    const uncommitted = listUncommitted(mirror, tip, tree);
    const compared = await compare(git, { from, to: tree, uncommitted, maxBytes });
    return { against, from, to: tree, ...compared, nested };
  });
}

/**
 * What one commit of the session in the hub, and nothing that came after it, would bring into a branch; or, against the base,
 * what it has changed. Throws what `readTarget` throws.
 */
export async function diffCommit(
  context: GitContext,
  input: Omit<DiffInput, "id"> & { record: WorktreeRecord; tip: string },
): Promise<SessionDiff> {
  const { record, tip, against = "target", maxBytes = PATCH_BYTES, into } = input;
  const { hub, start } = record;
  const git: Mirror["git"] = (args, options = {}) =>
    runGit(context, args, { gitDirectory: hub, wall: { readOnly: [hub], readWrite: [] }, ...options });
  const from = against === "base" ? start : await findFork(context, { record, gitDirectory: hub, tip, into });
  const to = await treeOf(context, hub, tip);
  const compared = await compare(git, { from, to, uncommitted: [], maxBytes });
  return { against, from, to, ...compared, nested: [] };
}

interface Compared {
  from: string;
  to: string;
  uncommitted: readonly Uncommitted[] | Promise<readonly Uncommitted[]>;
  maxBytes: number;
}

async function compare(git: Mirror["git"], { from, to, maxBytes, ...input }: Compared) {
  const [listed, stat, patch, uncommitted] = await Promise.all([
    git([...DIFF, "-z", "--raw", "--numstat", from, to]),
    git([...DIFF, "--stat=100", from, to]),
    git([...DIFF, "--patch", "--full-index", from, to], { maxBytes, cut: true }),
    input.uncommitted,
  ]);
  const text = cutPatch(patch);
  const files = joinHunks(parseFiles(listed.bytes), { patch: text, uncommitted });
  return { files, stat: stat.text, patch: text, cut: patch.cut, uncommitted: countUncommitted(uncommitted) };
}

function joinHunks(
  files: FileChange[],
  { patch, uncommitted }: { patch: string; uncommitted: readonly Uncommitted[] },
): FileDiff[] {
  const found = parseHunks(patch, files);
  const kinds = new Map(uncommitted.map(({ path, kind }) => [path, kind]));
  return files.map((file, index) => {
    const { hunks, cut, hidden } = found[index] ?? { hunks: [], cut: true, hidden: false };
    const kind = kinds.get(file.path) ?? (file.from === null ? undefined : kinds.get(file.from));
    return { ...file, hunks, cut, hidden: hidden || hasHidden(file.path), uncommitted: kind ?? null };
  });
}

interface Fork {
  record: WorktreeRecord;
  /** Where both commits are. */
  gitDirectory: string;
  tip: string;
  into: string | undefined;
}

async function findFork(context: GitContext, { record, gitDirectory, tip, into }: Fork): Promise<string> {
  const target = await readTarget(context, record, into);
  await fetchTarget(context, record, target);
  const fork = await findMergeBase(context, gitDirectory, [target.oid, tip]);
  if (fork !== null) return fork;
  throw new HarnessError("git-failed", `Session ${record.session} and ${target.name} have no commit in common.`, {
    hint: "Compare with --against base.",
  });
}

// Whole lines only; a character cut in half is left out.
function cutPatch({ bytes, cut, text }: { bytes: Buffer; cut: boolean; text: string }): string {
  return cut ? bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString("utf8") : text;
}
