import { access, constants, lstat } from "node:fs/promises";
import { join } from "node:path";
import { escapeText } from "./escape.ts";
import type { GitContext, GitOptions } from "./git.ts";
import type { Mirror } from "./mirror.ts";
import { worktreePaths } from "./paths.ts";
import type { Changes } from "./read-status.ts";
import { distrustTimes, keepSettledIndex, loadIndex, secondOf } from "./session-index.ts";

export interface Snapshot {
  /** The tree of the working files as they are: committed, changed and new ones. */
  tree: string;
  /** Repositories inside the worktree: not part of the tree. */
  nested: string[];
  /** What git could not read, in its own words; empty when it read everything. */
  unread: string;
}

const TIMEOUT_MS = 15 * 60_000;

export interface SnapshotWish {
  /** Reads every file, for when nothing can be looked at again. */
  readonly thorough?: boolean;
}

/**
 * Writes the working files as a tree, in a git directory and with an index of ours. No filter, monitor or driver that
 * the session names is known there; `git add` and `git status` are not used, because they look into nested repositories
 * with a git that follows those repositories' configuration.
 */
export async function takeSnapshot(context: GitContext, mirror: Mirror, wish: SnapshotWish = {}): Promise<Snapshot> {
  const options: GitOptions = { gitDirectory: mirror.gitDirectory, worktree: mirror.worktree, timeoutMs: TIMEOUT_MS };
  const index = await prepareIndex(context, mirror, options);
  if (wish.thorough) await distrustTimes(index);
  const listed = await mirror.git(
    ["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard"],
    options,
  );
  const paths = splitPaths(listed.bytes);
  const { files, gone, nested, closed } = await sortPaths(mirror, paths);
  if (gone.length > 0)
    await mirror.git(["update-index", "-z", "--force-remove", "--stdin"], { ...options, input: joinPaths(gone) });
  if (files.length > 0) {
    const args = ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"];
    await mirror.git(args, { ...options, input: joinPaths(files) });
  }
  const { text: tree } = await mirror.git(["write-tree"]);
  return { tree, nested: nested.map(String), unread: describeUnread(listed.warnings, closed) };
}

// A path that is too long to be opened is too long to be shown.
function describeUnread(warnings: string, closed: Buffer[]): string {
  const words = [...closed.map((path) => `cannot read ${path.toString()}`), ...warnings.trim().split("\n")];
  const lines = escapeText(words.filter((line) => line !== "").join("\n"))
    .split("\n")
    .slice(0, 5);
  return lines.map((line) => (line.length <= 300 ? line : `${line.slice(0, 300)}…`)).join("\n");
}

async function prepareIndex(context: GitContext, mirror: Mirror, options: GitOptions): Promise<string> {
  const paths = worktreePaths(context.root, mirror.record.session);
  const index = join(mirror.gitDirectory, "index");
  const found = await loadIndex(paths, index);
  if (found === "none") await mirror.git(["read-tree", mirror.record.start]);
  if (found !== "fresh") return index;
  const began = await secondOf(index);
  // Exit code 1 says that a file differs, which is no news yet.
  await mirror.git(["update-index", "-q", "--refresh"], { ...options, accept: [1] });
  await keepSettledIndex(index, paths, { began, format: mirror.record.objectFormat });
  return index;
}

/** A file whose working copy is not what the commit has; `untracked`: the commit does not have it at all. */
export interface Uncommitted {
  path: string;
  kind: "modified" | "untracked";
}

/** What the working files have that the commit has not. */
export async function listUncommitted(mirror: Mirror, commit: string, tree: string): Promise<Uncommitted[]> {
  const { bytes } = await mirror.git(["diff-tree", "-r", "-z", "--no-renames", "--name-status", commit, tree]);
  const fields = splitPaths(bytes).map(String);
  const changes: Uncommitted[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2)
    changes.push({ path: fields[at + 1] ?? "", kind: fields[at] === "A" ? "untracked" : "modified" });
  return changes;
}

export async function countChanges(mirror: Mirror, commit: string, tree: string): Promise<Changes> {
  return countUncommitted(await listUncommitted(mirror, commit, tree));
}

export function countUncommitted(changes: readonly Uncommitted[]): Changes {
  const untracked = changes.filter(({ kind }) => kind === "untracked").length;
  return { modified: changes.length - untracked, untracked };
}

export function splitPaths(bytes: Buffer): Buffer[] {
  const paths: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    const stop = end === -1 ? bytes.length : end;
    paths.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return paths;
}

interface Sorted {
  files: Buffer[];
  gone: Buffer[];
  nested: Buffer[];
  /** Files that may not be read: the tree has them as they were. */
  closed: Buffer[];
}

async function sortPaths(mirror: Mirror, paths: Buffer[]): Promise<Sorted> {
  const sorted: Sorted = { files: [], gone: [], nested: [], closed: [] };
  const submodules = new Set<string>();
  let asked = false;
  for (const path of uniquePaths(paths)) {
    if (path.at(-1) === SLASH) {
      sorted.nested.push(path.subarray(0, -1));
      continue;
    }
    const kind = await kindOf(mirror.worktree, path);
    if (kind === "folder" && !asked) {
      for (const name of await readSubmodules(mirror)) submodules.add(name);
      asked = true;
    }
    if (kind === "file") sorted.files.push(path);
    else if (kind === "closed") sorted.closed.push(path);
    else if (kind === "folder" && submodules.has(path.toString("latin1"))) sorted.nested.push(path);
    else sorted.gone.push(path);
  }
  return sorted;
}

const SLASH = 0x2f;

// A pipe or a socket in the place of a tracked file is no file: the tree says that the file is gone.
async function kindOf(worktree: string, path: Buffer): Promise<"file" | "closed" | "folder" | "nothing"> {
  const full = Buffer.concat([Buffer.from(`${worktree}/`), path]);
  const facts = await lstat(full).catch(() => null);
  if (facts === null) return "nothing";
  if (facts.isDirectory()) return "folder";
  if (facts.isSymbolicLink()) return "file";
  if (!facts.isFile()) return "nothing";
  const isOpen = await access(full, constants.R_OK).then(
    () => true,
    () => false,
  );
  return isOpen ? "file" : "closed";
}

async function readSubmodules(mirror: Mirror): Promise<string[]> {
  const { bytes } = await mirror.git(["ls-files", "-z", "--stage"]);
  const entries = splitPaths(bytes).filter((entry) => entry.subarray(0, 6).toString() === "160000");
  return entries.map((entry) => entry.subarray(entry.indexOf(TAB) + 1).toString("latin1"));
}

const TAB = 0x09;

// A deleted file is listed as modified, too.
function uniquePaths(paths: Buffer[]): Buffer[] {
  return [...new Map(paths.map((path) => [path.toString("latin1"), path])).values()];
}

function joinPaths(paths: Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
}
