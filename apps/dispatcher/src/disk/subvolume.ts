import { readFileSync, type Stats } from "node:fs";

/** The directory at the top of a btrfs subvolume has this number and no other has it. */
const TOP = 256;

/** The mount that an open file was reached through; null where the system does not say. */
export function mountOf(descriptor: number): string | null {
  try {
    return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1] ?? null;
  } catch {
    // Not Linux.
    return null;
  }
}

/** A subvolume has a device number of its own, though no file system begins with it: what is mounted has another mount. */
export function isSubvolume(opened: { descriptor: number; stats: Stats }, mount: string | null): boolean {
  return opened.stats.ino === TOP && mount !== null && mountOf(opened.descriptor) === mount;
}

/** Whether it may be one, as seen from outside. */
export function looksLikeSubvolume(stats: Stats): boolean {
  return stats.isDirectory() && stats.ino === TOP;
}
