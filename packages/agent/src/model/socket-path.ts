import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What a socket's address has room for, on Linux and macOS alike. */
const SOCKET_PATH_LIMIT = 103;

const directories = new Map<string, number>();

/** A socket's path may be longer than the kernel takes; on Linux there is a way through its directory, which stays open. */
export function shortSocketPath(path: string): string {
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT || process.platform !== "linux") return path;
  return `/proc/self/fd/${directoryOf(path)}/${basename(path)}`;
}

function directoryOf(path: string): number {
  const parent = dirname(path);
  const known = directories.get(parent);
  if (known !== undefined && fstatSync(known).nlink > 0) return known;
  // Removed meanwhile, and perhaps made anew.
  if (known !== undefined) closeSync(known);
  directories.delete(parent);
  const directory = openSync(parent, constants.O_RDONLY | constants.O_DIRECTORY);
  directories.set(parent, directory);
  return directory;
}
