import { existsSync } from "node:fs";
import {
  HarnessError,
  isHarnessError,
  readJsonFileSync,
  SessionSpecSchema,
  timestamp,
  writeFileDurable,
} from "@harness/core";
import { createSerial } from "../serial.ts";
import { type GitContext, runGit } from "./git.ts";
import { identityVariables } from "./identity.ts";
import { findIgnored, type Ignored } from "./ignored.ts";
import { fetchMirror } from "./import.ts";
import { type Mirror, unreadRefs, withMirror } from "./mirror.ts";
import { makeDirectory, sessionRefs, worktreePaths } from "./paths.ts";
import type { Changes } from "./read-status.ts";
import { findRecord } from "./record.ts";
import { formatMessage, type Reason, type SalvageFacts } from "./salvage-record.ts";
import { shellLine } from "./shell-line.ts";
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
  ignored: Ignored;
  /** What keeping it costs in the hub. */
  bytes: number;
  /** What was saved of whom; null when there was nothing to save. */
  facts: SalvageFacts | null;
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
  ignored: { count: 0, names: [] },
  bytes: 0,
  facts: null,
  lines: [],
};

export interface SalvageInput {
  id: string;
  reason?: Reason;
}

// Two at once would each keep what was there before, and the one that ends last would forget the other.
const inTurn = createSerial();

/**
 * Keeps what the session did and nobody else has, as one commit in the hub: its files as they are, on top of every commit it made.
 * Throws `salvage-failed` when any of it could not be read; then nothing may be removed.
 */
export async function salvage(context: GitContext, input: SalvageInput): Promise<Salvage> {
  const { id, reason = "removed" } = input;
  const { worktree } = context.root.session(id);
  try {
    return await inTurn(id, async () => {
      const record = await findRecord(context, id);
      if (!existsSync(worktree)) return NOTHING;
      if (record === null)
        throw new HarnessError("session-damaged", "nothing says which repository its worktree belongs to.");
      return withMirror(context, id, (mirror) => salvageMirror(context, mirror, reason));
    });
  } catch (error) {
    if (!isHarnessError(error) || error.code === "storage-full") throw error;
    throw new HarnessError("salvage-failed", `The work of session ${id} could not be saved: ${error.message}`, {
      cause: error,
    });
  }
}

async function salvageMirror(context: GitContext, mirror: Mirror, reason: Reason): Promise<Salvage> {
  const { session, hub, source, branch, start } = mirror.record;
  if (mirror.isUnread) throw unreadRefs(session);
  const { tree, nested, unread } = await takeSnapshot(context, mirror, { thorough: true });
  if (unread !== "") throw new HarnessError("session-damaged", unread);
  const ignored = await findIgnored(context, mirror);
  const below = mirror.head ?? start;
  const uncommitted = await countChanges(mirror, below, tree);
  const { tips, names: commits } = await findUnsaved(context, mirror);
  if (tips.length === 0 && uncommitted.modified + uncommitted.untracked === 0) return { ...NOTHING, nested, ignored };

  // First what the files are a change of, then whatever else there is.
  const parents = [below, ...tips.filter((tip) => tip !== below)];
  const { salvage: ref } = sessionRefs(session, branch);
  const work = { commits, uncommitted, ignored, reason };
  const facts = { ...describeSession(context, session), repository: source, branch, start, ...work };
  const commit = await keep(context, mirror, { tree, parents, ref, facts });
  const bytes = await measure(context, hub, { commit, start });
  const patch = await writePatch(context, mirror, { below, tree, uncommitted });
  const lines = describe({ session, source, hub, ref, commits, patch });
  return { commit, ref, hub, commits, uncommitted, patch, nested, ignored, bytes, facts, lines };
}

const TASK_CHARACTERS = 200;

/** Who it was, for a time when nothing else of the session is left. */
export function describeSession({ root }: GitContext, session: string) {
  const spec = readJsonFileSync(root.session(session).spec, SessionSpecSchema);
  const task = spec?.task?.slice(0, TASK_CHARACTERS) ?? null;
  return { v: 1 as const, session, name: spec?.name ?? null, task, at: timestamp() };
}

interface Kept {
  tree: string;
  parents: string[];
  ref: string;
  facts: SalvageFacts;
}

// An earlier salvage becomes a parent of the next one: the ref only ever gains.
async function keep(context: GitContext, mirror: Mirror, { tree, parents, ref, facts }: Kept): Promise<string> {
  const { hub, identity } = mirror.record;
  const { text: previous } = await runGit(context, ["rev-parse", "--verify", "--quiet", ref], {
    gitDirectory: hub,
    accept: [1],
  });
  if (previous !== "") {
    const { text } = await mirror.git(["rev-list", "--max-count=1", ...parents, `^${previous}`]);
    const { text: kept } = await mirror.git(["rev-parse", `${previous}^{tree}`]);
    if (text === "" && kept === tree) return previous;
  }
  const all = previous === "" ? parents : [...parents, previous];
  const args = ["commit-tree", tree, ...all.flatMap((parent) => ["-p", parent]), "-F", "-"];
  const { text: commit } = await mirror.git(args, {
    input: formatMessage(facts),
    env: identityVariables(identity),
  });
  await fetchMirror(context, mirror, { oid: commit, ref });
  return commit;
}

// What no branch of the person needs anyway.
async function measure(
  context: GitContext,
  hub: string,
  { commit, start }: { commit: string; start: string },
): Promise<number> {
  const args = ["rev-list", "--disk-usage", "--objects", commit, "--not", start, "--branches", "--tags"];
  return Number((await runGit(context, args, { gitDirectory: hub })).text) || 0;
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
  const fetch = ["git", "-C", source, "fetch", hub, `${ref}:refs/heads/salvage-${session}`];
  const what = commits.length === 0 ? "What was not committed" : "Every commit and what was not committed";
  const kept = `${what} is kept as ${ref}. Get it back with: ${shellLine(fetch)}`;
  return [kept, ...(patch === null ? [] : [`What was not committed is also a patch: ${patch}`])];
}
