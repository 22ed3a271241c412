import { HarnessError } from "@harness/core";
import { hasHidden } from "./escape.ts";
import type { GitContext } from "./git.ts";
import { findTip, type Mirror, requireTip, withMirror } from "./mirror.ts";
import { parseFiles, type FileChange } from "./parse-files.ts";
import { type Hunk, parseHunks } from "./parse-hunks.ts";
import type { Changes } from "./read-status.ts";
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
  const { against = "base", maxBytes = PATCH_BYTES } = input;
  return withMirror(context, input.id, async (mirror) => {
    const tip = against === "target" ? requireTip(mirror) : (findTip(mirror) ?? mirror.head ?? mirror.record.start);
    const from = against === "base" ? mirror.record.start : await findFork(context, mirror, { tip, into: input.into });
    const { tree, nested } = await takeSnapshot(context, mirror);
    const pair = [from, tree];
    const [listed, stat, patch, uncommitted] = await Promise.all([
      mirror.git([...DIFF, "-z", "--raw", "--numstat", ...pair]),
      mirror.git([...DIFF, "--stat=100", ...pair]),
      mirror.git([...DIFF, "--patch", "--full-index", ...pair], { maxBytes, cut: true }),
      listUncommitted(mirror, tip, tree),
    ]);
    const text = cutPatch(patch);
    const files = joinHunks(parseFiles(listed.bytes), { patch: text, uncommitted });
    const counts = countUncommitted(uncommitted);
    return {
      against,
      from,
      to: tree,
      files,
      stat: stat.text,
      patch: text,
      cut: patch.cut,
      uncommitted: counts,
      nested,
    };
  });
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

async function findFork(
  context: GitContext,
  mirror: Mirror,
  { tip, into }: { tip: string; into: string | undefined },
): Promise<string> {
  const { record } = mirror;
  const target = await readTarget(context, record, into);
  await fetchTarget(context, record, target);
  const fork = await findMergeBase(context, mirror.gitDirectory, [target.oid, tip]);
  if (fork !== null) return fork;
  throw new HarnessError("git-failed", `Session ${record.session} and ${target.name} have no commit in common.`, {
    hint: "Compare with --against base.",
  });
}

// Whole lines only; a character cut in half is left out.
function cutPatch({ bytes, cut, text }: { bytes: Buffer; cut: boolean; text: string }): string {
  return cut ? bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString("utf8") : text;
}
