import { lstatSync, opendirSync } from "node:fs";
import { join } from "node:path";
import { monotonicMs, openDirectorySafe, type SafeDirectory, type WorktreeFacts } from "@harness/core";

/** What one look may cost: it blocks this process, and waits between a turn's end and its reply. */
const MOST_ENTRIES = 25_000;
const LONGEST_MS = 80;
const HEAD_LIMIT = 4 * 1024;
const PACKED_LIMIT = 4 * 1024 * 1024;
const OBJECT_ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Looks at a worktree before a turn; what it returns looks again after it, and finds null where there is no worktree. */
export async function beginLook(worktree: string, nowMs: number): Promise<() => Promise<WorktreeFacts | null>> {
  const before = await readHead(worktree);
  return async () => {
    if (!lstatSync(worktree, { throwIfNoEntry: false })?.isDirectory()) return null;
    const head = await readHead(worktree);
    const { changed, more } = countChanged(worktree, nowMs);
    return { ...(head === null ? {} : { head }), moved: head !== before, changed, ...(more ? { more } : {}) };
  };
}

/** The commit that HEAD names, by files alone: git in a session's worktree would run what its configuration says. */
export async function readHead(worktree: string): Promise<string | null> {
  const opened: SafeDirectory[] = [];
  const keep = (directory: SafeDirectory | null) => {
    if (directory) opened.push(directory);
    return directory;
  };
  try {
    // Step by step from the directory itself: no name on the way may be a link to elsewhere.
    const git = keep(keep(await openDirectorySafe(worktree))?.open(".git") ?? null);
    if (!git) return null;
    const head = readText(git, "HEAD", HEAD_LIMIT).trim();
    const ref = /^ref: (refs\/[^\s\0]+)$/.exec(head)?.[1];
    if (ref === undefined) return OBJECT_ID.test(head) ? head : null;
    const names = ref.split("/");
    if (names.some((name) => name === "" || name === "." || name === "..")) return null;
    return readLoose(git, names, keep) ?? readPacked(git, ref);
  } catch {
    // Whatever the coding agent made of it: it names no commit.
    return null;
  } finally {
    for (const directory of opened) directory.close();
  }
}

function readLoose(
  git: SafeDirectory,
  names: readonly string[],
  keep: (directory: SafeDirectory | null) => SafeDirectory | null,
): string | null {
  let directory: SafeDirectory | null = git;
  for (const name of names.slice(0, -1)) directory = directory && keep(directory.open(name));
  const last = names.at(-1) ?? "";
  if (!directory || directory.inode(last) === null) return null;
  const id = readText(directory, last, HEAD_LIMIT).trim();
  return OBJECT_ID.test(id) ? id : null;
}

function readPacked(git: SafeDirectory, ref: string): string | null {
  if (git.inode("packed-refs") === null) return null;
  const line = readText(git, "packed-refs", PACKED_LIMIT)
    .split("\n")
    .find((text) => text.endsWith(` ${ref}`));
  const id = line?.slice(0, -ref.length - 1) ?? "";
  return OBJECT_ID.test(id) ? id : null;
}

function readText(directory: SafeDirectory, name: string, limit: number): string {
  return Buffer.from(directory.read(name, { limit }).bytes).toString("utf8");
}

export interface LookBudget {
  readonly entries: number;
  readonly ms: number;
}

/**
 * Counts the files whose content, name or mode changed since `sinceMs`, from the outside in, `.git` left out. Gives up at
 * its budget and says so with `more`. A directory that becomes a link meanwhile can only make the number wrong.
 */
export function countChanged(
  directory: string,
  sinceMs: number,
  budget: LookBudget = { entries: MOST_ENTRIES, ms: LONGEST_MS },
): { changed: number; more: boolean } {
  const dueMs = monotonicMs() + budget.ms;
  const waiting = [directory];
  let changed = 0;
  let left = budget.entries;
  // A queue that grows while it is read: outer directories first.
  for (const path of waiting) {
    for (const entry of entriesOf(path)) {
      if (left-- <= 0 || ((left & 63) === 0 && monotonicMs() > dueMs)) return { changed, more: true };
      const inner = join(path, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== ".git") waiting.push(inner);
      } else if (changedSince(inner, sinceMs)) changed += 1;
    }
  }
  return { changed, more: false };
}

// The time of change, not of writing: that one can be set to anything.
function changedSince(path: string, sinceMs: number): boolean {
  try {
    return (lstatSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= sinceMs;
  } catch {
    return false;
  }
}

function* entriesOf(path: string) {
  let directory;
  try {
    directory = opendirSync(path, { bufferSize: 512 });
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
  } catch {
    // Gone, or not for us to read.
  } finally {
    directory?.closeSync();
  }
}
