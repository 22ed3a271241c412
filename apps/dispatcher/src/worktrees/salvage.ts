import { existsSync } from "node:fs";
import { HarnessError, isHarnessError, writeFileDurable } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { identityVariables } from "./identity.ts";
import { fetchMirror } from "./import.ts";
import { type Mirror, withMirror } from "./mirror.ts";
import { makeDirectory, sessionRefs, worktreePaths } from "./paths.ts";
import type { Changes } from "./read-status.ts";
import { findRecord } from "./record.ts";
import { countChanges, takeSnapshot } from "./snapshot.ts";
import { findUnsaved } from "./unsaved.ts";

export interface Salvage {
  /** The commit that holds everything, and the ref in the hub that keeps it; null when there was nothing to save. */
  commit: string | null;
  ref: string | null;
  hub: string | null;
  /** Commits, by the names the session had for them, that no branch of the person holds. */
  commits: string[];
  uncommitted: Changes;
  /** Path of the uncommitted work as a patch. */
  patch: string | null;
  /** Repositories inside the worktree: their own business, not part of the commit. */
  nested: string[];
  /** A sentence each: what is kept where, and how to get it back. */
  lines: string[];
}

const PATCH_BYTES = 256 * 1024 * 1024;
const NOTHING: Salvage = {
  commit: null,
  ref: null,
  hub: null,
  commits: [],
  uncommitted: { modified: 0, untracked: 0 },
  patch: null,
  nested: [],
  lines: [],
};

/**
 * Keeps what the session did and nobody else has, as one commit in the hub: its files as they are, on top of every commit it made.
 * Throws `salvage-failed` when any of it could not be read; then nothing may be removed.
 */
export async function salvage(context: GitContext, input: { id: string }): Promise<Salvage> {
  const { id } = input;
  const { worktree } = context.root.session(id);
  try {
    const record = await findRecord(context, id);
    if (!existsSync(worktree)) return NOTHING;
    if (record === null)
      throw new HarnessError("session-damaged", "nothing says which repository its worktree belongs to.");
    return await withMirror(context, id, (mirror) => salvageMirror(context, mirror));
  } catch (error) {
    if (!isHarnessError(error) || error.code === "storage-full") throw error;
    throw new HarnessError("salvage-failed", `The work of session ${id} could not be saved: ${error.message}`, {
      cause: error,
    });
  }
}

async function salvageMirror(context: GitContext, mirror: Mirror): Promise<Salvage> {
  const { session, hub } = mirror.record;
  const { tree, nested, unread } = await takeSnapshot(context, mirror);
  if (unread !== "") throw new HarnessError("session-damaged", unread);
  const below = mirror.head ?? mirror.record.start;
  const uncommitted = await countChanges(mirror, below, tree);
  const { tips, names: commits } = await findUnsaved(context, mirror);
  if (tips.length === 0 && uncommitted.modified + uncommitted.untracked === 0) return { ...NOTHING, nested };

  // First what the files are a change of, then whatever else there is.
  const parents = [below, ...tips.filter((tip) => tip !== below)];
  const { salvage: ref } = sessionRefs(session, mirror.record.branch);
  const commit = await keep(context, mirror, { tree, parents, ref, commits });
  const patch = await writePatch(context, mirror, { below, tree, uncommitted });
  const lines = describe({ session, source: mirror.record.source, hub, ref, commits, patch });
  return { commit, ref, hub, commits, uncommitted, patch, nested, lines };
}

interface Kept {
  tree: string;
  parents: string[];
  ref: string;
  commits: string[];
}

// An earlier salvage becomes a parent of the next one: the ref only ever gains.
async function keep(context: GitContext, mirror: Mirror, { tree, parents, ref, commits }: Kept): Promise<string> {
  const { hub, session, identity } = mirror.record;
  const { text: previous } = await runGit(context, ["rev-parse", "--verify", "--quiet", ref], {
    gitDirectory: hub,
    accept: [1],
  });
  if (previous !== "") {
    const { text } = await mirror.git(["rev-list", "--max-count=1", ...parents, `^${previous}`]);
    const { text: kept } = await mirror.git(["rev-parse", `${previous}^{tree}`]);
    if (text === "" && kept === tree) return previous;
  }
  const list = commits.map((name) => `- ${escapeLine(name)}`).join("\n");
  const input = `Salvage of session ${session}\n${list === "" ? "" : `\n${list}\n`}`;
  const all = previous === "" ? parents : [...parents, previous];
  const args = ["commit-tree", tree, ...all.flatMap((parent) => ["-p", parent]), "-F", "-"];
  const { text: commit } = await mirror.git(args, { input, env: identityVariables(identity) });
  await fetchMirror(context, mirror, { oid: commit, ref });
  return commit;
}

async function writePatch(
  context: GitContext,
  mirror: Mirror,
  { below, tree, uncommitted }: { below: string; tree: string; uncommitted: Changes },
): Promise<string | null> {
  if (uncommitted.modified + uncommitted.untracked === 0) return null;
  const args = [
    "diff-tree",
    "-r",
    "--patch",
    "--binary",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    below,
    tree,
  ];
  const { bytes, cut } = await mirror.git(args, { maxBytes: PATCH_BYTES, cut: true });
  // The commit holds it all; a patch with its end missing would only mislead.
  if (cut) return null;
  const { patch } = worktreePaths(context.root, mirror.record.session);
  makeDirectory(context.root.archive);
  await writeFileDurable(patch, bytes, { mode: 0o600 });
  return patch;
}

interface Told {
  session: string;
  source: string;
  hub: string;
  ref: string;
  commits: string[];
  patch: string | null;
}

function describe({ session, source, hub, ref, commits, patch }: Told): string[] {
  const what = commits.length === 0 ? "What was not committed" : "Every commit and what was not committed";
  const kept = `${what} is kept as ${ref}. Get it back with: git -C ${source} fetch ${hub} ${ref}:refs/heads/salvage-${session}`;
  return [kept, ...(patch === null ? [] : [`What was not committed is also a patch: ${patch}`])];
}
