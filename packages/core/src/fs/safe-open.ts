import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  opendirSync,
  readSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { HarnessError, systemCode } from "../errors.ts";

// O_NONBLOCK: a FIFO answers at once instead of holding a thread for ever. O_NOCTTY is harmless and keeps a terminal out.
const SAFE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | (constants.O_NOCTTY ?? 0);

export type UnsafeReason = "not-regular" | "hard-link" | "too-large" | "tampered";

export interface ReadRule {
  /** Bytes at most. */
  limit: number;
  /** How many names the file may have; one unless given. */
  links?: number;
}

export interface FileFacts {
  ino: number;
  size: number;
  mtimeMs: number;
  nlink: number;
}

/**
 * Reads a whole file that somebody else may have put there. Never follows a link, never blocks, never reads more than `limit`.
 * Throws `session-damaged` with `details.reason` (`not-regular`, `hard-link`, `too-large`); ENOENT passes through.
 */
export async function readFileSafe(path: string, limit: number): Promise<Uint8Array> {
  return readRegular(path, { limit }).bytes;
}

/** The same, at once, with the facts of the very file that was read. */
export function readRegular(path: string, rule: ReadRule): { bytes: Uint8Array; facts: FileFacts } {
  const descriptor = openSafe(path);
  try {
    const facts = fstatSync(descriptor);
    refuseUnsafe(facts, path, rule);
    return { bytes: readAtMost(descriptor, { size: facts.size, limit: rule.limit, path }), facts: pickFacts(facts) };
  } finally {
    closeSync(descriptor);
  }
}

export function pickFacts(stats: Stats): FileFacts {
  return { ino: stats.ino, size: stats.size, mtimeMs: stats.mtimeMs, nlink: stats.nlink };
}

export interface SafeDirectory {
  readonly descriptor: number;
  /** Leads to this very directory, as long as it is open. */
  readonly path: string;
  /** Raw names, at most `cap`; names may hold any byte but `/` and NUL. */
  names(cap: number): { names: Buffer[]; more: boolean };
  /** Like `readFileSafe`, for a name of this very directory, wherever its path leads by then. */
  read(name: string, rule: ReadRule): { bytes: Uint8Array; facts: FileFacts };
  /** The inode of a name of this directory, links not followed; null when absent. */
  inode(name: string): number | null;
  /** A directory below, opened in the same way; null when absent. */
  open(name: string): SafeDirectory | null;
  close(): void;
}

/** Opens a directory and stays on it: swapping its path for a link afterwards changes nothing. Throws `session-damaged` when the path is no directory. */
export async function openDirectorySafe(path: string): Promise<SafeDirectory> {
  return openDirectory(path, path);
}

function openDirectory(path: string, shown: string): SafeDirectory {
  const descriptor = openDirectoryDescriptor(path, shown);
  // Without /proc (macOS, not tested) names are resolved by path: reading is safe per file, the directory can be swapped.
  const base = process.platform === "linux" ? `/proc/self/fd/${descriptor}` : path;
  return {
    descriptor,
    path: base,
    names: (cap) => listRaw(base, cap),
    read: (name, rule) => readRegular(join(base, name), rule),
    inode: (name) => lstatSync(join(base, name), { throwIfNoEntry: false })?.ino ?? null,
    open: (name) => {
      try {
        return openDirectory(join(base, name), join(shown, name));
      } catch (error) {
        if (systemCode(error) === "ENOENT") return null;
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function openDirectoryDescriptor(path: string, shown: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ELOOP" && code !== "ENOTDIR") throw error;
    throw unsafe("tampered", `${shown} is not a directory.`, error);
  }
}

function listRaw(base: string, cap: number): { names: Buffer[]; more: boolean } {
  const directory = opendirSync(base, { encoding: "buffer" as BufferEncoding, bufferSize: 1024 });
  const names: Buffer[] = [];
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (names.length === cap) return { names, more: true };
      names.push(entry.name as unknown as Buffer);
    }
    return { names, more: false };
  } finally {
    directory.closeSync();
  }
}

function openSafe(path: string): number {
  try {
    return openSync(path, SAFE);
  } catch (error) {
    const code = systemCode(error);
    // A symbolic link gives ELOOP, a socket ENXIO.
    if (code !== "ELOOP" && code !== "ENXIO") throw error;
    throw unsafe("not-regular", `${path} is not a plain file.`, error);
  }
}

function refuseUnsafe(facts: Stats | BigIntStats, path: string, rule: ReadRule): void {
  if (!facts.isFile()) throw unsafe("not-regular", `${path} is not a plain file.`);
  if (Number(facts.nlink) > (rule.links ?? 1)) throw unsafe("hard-link", `${path} has a second name elsewhere.`);
  if (Number(facts.size) > rule.limit) throw tooLarge(path, rule.limit);
}

function readAtMost(descriptor: number, expected: { size: number; limit: number; path: string }): Uint8Array {
  const { size, limit, path } = expected;
  // One byte more than its size, so that a file that grows meanwhile is noticed.
  let buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > limit) throw tooLarge(path, limit);
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(buffer.length * 2, limit + 1));
  }
}

function tooLarge(path: string, limit: number): HarnessError {
  return unsafe("too-large", `${path} has more than ${limit} bytes.`);
}

function unsafe(reason: UnsafeReason, message: string, cause?: unknown): HarnessError {
  return new HarnessError("session-damaged", message, {
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
