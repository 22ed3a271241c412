import { closeSync, constants, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { basename, dirname } from "node:path";

/** What a socket's address has room for, on Linux and macOS alike. */
const SOCKET_PATH_LIMIT = 103;

/** A connection to a socket whose path may be longer than the kernel takes; on Linux there is a way through its directory. Null where nobody answers. */
export async function reachWorker(path: string): Promise<Socket | null> {
  const isLong = Buffer.byteLength(path) > SOCKET_PATH_LIMIT && process.platform === "linux";
  let directory: number | null = null;
  try {
    if (isLong) directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    const place = directory === null ? path : `/proc/self/fd/${directory}/${basename(path)}`;
    const socket = connect({ path: place, allowHalfOpen: true });
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(socket));
      socket.once("error", () => resolve(null));
    });
  } catch {
    // Its directory is gone as well.
    return null;
  } finally {
    if (directory !== null) closeSync(directory);
  }
}
