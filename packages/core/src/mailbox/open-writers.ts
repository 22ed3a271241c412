import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";

const ACCESS_MODE = 3;
const YIELD_EVERY = 64;

/**
 * Which of these files some process has open for writing: a best effort over /proc, which shows a process only what it
 * may see. `files` maps a file's inode to its name. Where there is no /proc nobody is found.
 */
export async function findOpenWriters(files: ReadonlyMap<number, string>): Promise<Set<number>> {
  const writers = new Set<number>();
  if (files.size === 0 || process.platform !== "linux") return writers;
  const names = new Set(files.values());
  let looked = 0;
  for (const pid of listing("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue;
    for (const fd of listing(`/proc/${pid}/fd`)) {
      const ino = openFile(`/proc/${pid}/fd/${fd}`, names);
      if (ino !== null && files.has(ino) && isForWriting(`/proc/${pid}/fdinfo/${fd}`)) writers.add(ino);
    }
    looked += 1;
    if (looked % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return writers;
}

function openFile(link: string, names: ReadonlySet<string>): number | null {
  // The link costs less than a stat, and its last segment is the file's name in every mount namespace.
  const target = orNull(() => readlinkSync(link));
  if (target === null || !target.startsWith("/") || !names.has(basename(target))) return null;
  return orNull(() => statSync(link).ino);
}

function isForWriting(fdinfo: string): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(orNull(() => readFileSync(fdinfo, "utf8")) ?? "");
  return flags !== null && (Number.parseInt(flags[1]!, 8) & ACCESS_MODE) !== 0;
}

function listing(path: string): string[] {
  return orNull(() => readdirSync(path)) ?? [];
}

// Processes and descriptors come and go, and others' are not ours to see.
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
