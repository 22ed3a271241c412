import { constants, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What a socket's address has room for, on Linux and macOS alike. */
const SOCKET_PATH_LIMIT = 103;

const directories = new Map<string, number>();

/** A socket's path may be longer than the kernel takes; on Linux there is a way through its directory, which stays open. */
export function shortSocketPath(path: string): string {
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT || process.platform !== "linux") return path;
  const parent = dirname(path);
  const directory = directories.get(parent) ?? openSync(parent, constants.O_RDONLY | constants.O_DIRECTORY);
  directories.set(parent, directory);
  return `/proc/self/fd/${directory}/${basename(path)}`;
}
