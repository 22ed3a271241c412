import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { HarnessError, type SafeDirectory, systemCode } from "@harness/core";

export interface ObjectLimits {
  files: number;
  bytes: number;
}

export const OBJECT_LIMITS: ObjectLimits = { files: 500_000, bytes: 4 * 1024 ** 3 };

const SAFE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const SMALL_BYTES = 256 * 1024;
const FOLDER = /^[0-9a-f]{2}$/;
const LOOSE = /^([0-9a-f]{38}|[0-9a-f]{62})$/;
const PACK = /^pack-[0-9a-f]{40,64}\.pack$/;

interface Place {
  directory: SafeDirectory;
  path: string;
}

interface Copy {
  from: Place;
  to: string;
  left: ObjectLimits;
}

const PACK_ATTEMPTS = 5;

/**
 * Copies the objects of a session's repository (`path`, opened as `directory`), and nothing else of it: no configuration,
 * no alternates, no index of a pack. Links are not followed. Returns the packs, which have no index yet.
 * Throws `import-refused` beyond the limits.
 */
export async function copyObjects(git: Place, target: string, limits = OBJECT_LIMITS): Promise<string[]> {
  const left = { ...limits };
  const packs = await within(git, "objects", async (objects) => {
    for (const folder of namesOf(objects, FOLDER, left)) {
      await within(objects, folder, async (from) => {
        const to = join(target, folder);
        await mkdir(to, { recursive: true });
        await copyFiles(namesOf(from, LOOSE, left), { from, to, left });
      });
    }
    return within(objects, "pack", (from) => copyPacks({ from, to: join(target, "pack"), left }));
  });
  return packs ?? [];
}

// Housekeeping of the session replaces packs by others, which then hold the same objects.
async function copyPacks(copy: Copy): Promise<string[]> {
  const copied = new Set<string>();
  for (let attempt = 1; attempt <= PACK_ATTEMPTS; attempt++) {
    const names = namesOf(copy.from, PACK, copy.left).filter((name) => !copied.has(name));
    const found = await copyFiles(names, copy);
    for (const name of found) copied.add(name);
    if (found.length === names.length) break;
  }
  return [...copied].map((name) => join(copy.to, name));
}

async function within<T>(parent: Place, name: string, work: (place: Place) => Promise<T>): Promise<T | null> {
  const directory = parent.directory.open(name);
  if (directory === null) return null;
  try {
    return await work({ directory, path: join(parent.path, name) });
  } finally {
    directory.close();
  }
}

function namesOf({ directory }: Place, pattern: RegExp, left: ObjectLimits): string[] {
  const { names, more } = directory.names(left.files);
  if (more) throw refused("it holds too many files");
  return names.map((name) => name.toString("latin1")).filter((name) => pattern.test(name));
}

async function copyFiles(names: string[], copy: Copy): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if (await copyFile(name, copy)) found.push(name);
    if ((copy.left.files -= 1) <= 0) throw refused("it holds too many files");
    // Small files are copied in one go; others get a turn in between.
    if (copy.left.files % 64 === 0) await setImmediate();
  }
  return found;
}

async function copyFile(name: string, { from, to, left }: Copy): Promise<boolean> {
  const descriptor = openRegular(join(basePath(from), name));
  if (descriptor === null) return false;
  let open = true;
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return true;
    // What a machine that stopped has left: an empty file is no object, and would pass for one that is there.
    if (facts.size === 0) return false;
    if ((left.bytes -= facts.size) < 0) throw refused("it is too large");
    if (facts.size <= SMALL_BYTES) {
      copySmall(descriptor, facts.size, join(to, name));
      return true;
    }
    open = false;
    const source = createReadStream("", { fd: descriptor, start: 0, end: facts.size - 1 });
    await pipeline(source, createWriteStream(join(to, name), { mode: 0o600 }));
    return true;
  } finally {
    if (open) closeSync(descriptor);
  }
}

// An open directory stays what it is, wherever its path leads by then. Without /proc (macOS, not tested) the path decides.
function basePath({ directory, path }: Place): string {
  return process.platform === "linux" ? `/proc/self/fd/${directory.descriptor}` : path;
}

// A loose object that vanishes was packed meanwhile, and is in a pack, which is copied last.
function openRegular(path: string): number | null {
  try {
    return openSync(path, SAFE);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

function copySmall(descriptor: number, size: number, to: string): void {
  const bytes = Buffer.alloc(size);
  const length = readSync(descriptor, bytes, 0, size, 0);
  writeFileSync(to, bytes.subarray(0, length), { mode: 0o600 });
}

function refused(why: string): HarnessError {
  return new HarnessError("import-refused", `The session's repository was not read: ${why}.`, {
    hint: "See what fills .git/objects of its worktree. Nothing of it reached the repository.",
  });
}
