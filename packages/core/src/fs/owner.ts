import { constants, closeSync, fchownSync, fstatSync, openSync, statSync } from "node:fs";
import { systemCode } from "../errors.ts";

/**
 * What root makes in a directory of somebody else belongs to whom the directory belongs. By descriptor: a path could lead
 * somewhere else by then. Does nothing for anybody but root.
 */
export function giveToOwner(descriptor: number, directory: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  if (uid === 0 || fstatSync(descriptor).uid !== 0) return;
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    // Root of a container that may not: then nobody else was to work there either.
    if (!["EPERM", "EINVAL"].includes(systemCode(error) ?? "")) throw error;
  }
}

/** The same for a directory that was just made. No link is followed. */
export function giveDirectoryToOwner(path: string, directory: string): void {
  if (process.geteuid?.() !== 0) return;
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    giveToOwner(descriptor, directory);
  } finally {
    closeSync(descriptor);
  }
}
