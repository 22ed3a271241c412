import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { systemCode } from "@harness/core";
import { escapeLine } from "../worktrees/escape.ts";
import type { GitContext } from "../worktrees/git.ts";
import { listCopies } from "./list-copies.ts";

const FILE_BYTES = 10 * 1024 * 1024;
const TOTAL_BYTES = 100 * 1024 * 1024;
const FILE_COUNT = 2000;
const NOTED = 5;
const PIECE = 256 * 1024;

interface CopyInput {
  /** The person's checkout. */
  checkout: string;
  /** A worktree that nobody works in yet. */
  worktree: string;
  patterns: readonly string[];
}

interface Copies {
  files: string[];
  ignored: string[];
  /** What was left out and why, a sentence each. */
  notes: string[];
}

/**
 * Gives a new worktree what the person has beside the commit: files that git ignores or does not know yet. Nothing that is
 * there is overwritten, no link is followed on either side, modes are kept, and what is too large is left out and told.
 */
export async function copyFiles(context: GitContext, input: CopyInput): Promise<Copies> {
  const found = await listCopies(context, input);
  const files: string[] = [];
  const left: string[] = [];
  let bytes = 0;
  for (const path of found.paths) {
    const room = files.length === FILE_COUNT ? 0 : Math.min(FILE_BYTES, TOTAL_BYTES - bytes);
    const outcome = copyOne(input, path, room);
    if (typeof outcome === "number") {
      files.push(path);
      bytes += outcome;
    } else left.push(`${escapeLine(path)} was not copied: ${outcome}.`);
    // Large files: others are served in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const more = left.length > NOTED ? [`${left.length - NOTED} more files were not copied.`] : [];
  const notes = [...left.slice(0, NOTED), ...more, ...found.notes];
  return { files, ignored: files.filter((path) => found.ignored.has(path)), notes };
}

/** The bytes copied, or why not. */
function copyOne({ checkout, worktree }: CopyInput, path: string, room: number): number | string {
  let from: number | null = null;
  let to: number | null = null;
  try {
    from = openSync(join(checkout, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const facts = fstatSync(from);
    const { size, mode } = facts;
    if (!facts.isFile()) return "it is no plain file";
    if (size > room) return size > FILE_BYTES ? `it has more than ${FILE_BYTES / 2 ** 20} MiB` : "there are too many";
    const way = makeWay(worktree, dirname(path));
    if (way !== null) return way;
    to = openSync(join(worktree, path), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    // What a file that grows had when it was looked at.
    pour(from, to, size);
    fchmodSync(to, mode & 0o777);
    return size;
  } catch (error) {
    return describe(error);
  } finally {
    for (const descriptor of [from, to]) if (descriptor !== null) closeSync(descriptor);
  }
}

// Nobody else writes here yet: what stands in the way was committed.
function makeWay(worktree: string, folder: string): string | null {
  if (folder === ".") return null;
  let path = worktree;
  for (const part of folder.split("/")) {
    path = join(path, part);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) mkdirSync(path);
    else if (!facts.isDirectory()) return "the branch has something else in the place of its folder";
  }
  return null;
}

function pour(from: number, to: number, size: number): void {
  const piece = Buffer.allocUnsafe(Math.min(PIECE, size));
  for (let left = size; left > 0;) {
    const count = readSync(from, piece, 0, Math.min(piece.length, left), null);
    if (count === 0) return;
    for (let done = 0; done < count;) done += writeSync(to, piece, done, count - done);
    left -= count;
  }
}

function describe(error: unknown): string {
  const code = systemCode(error);
  // A full disk fails the session, not one file of it.
  if (code === undefined || code === "ENOSPC" || code === "EDQUOT" || code === "EIO") throw error;
  if (code === "EEXIST") return "the branch has it";
  if (code === "ELOOP") return "it is a link";
  return code === "EACCES" ? "it may not be read" : code;
}
