import { basename, dirname, join } from "node:path";
import { closeSync, constants, openSync } from "node:fs";

/** What fits into `sun_path` with its end, on Linux and macOS alike. */
export const SOCKET_PATH_LIMIT = 103;

export interface SocketPath {
  readonly path: string;
  release(): void;
}

/** A way to a socket whose own path may be too long for the kernel. On Linux there is one through the directory's descriptor. */
export function shortSocketPath(path: string): SocketPath {
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT || process.platform !== "linux") return { path, release: () => {} };
  const fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: join("/proc/self/fd", String(fd), basename(path)), release: () => closeSync(fd) };
}
