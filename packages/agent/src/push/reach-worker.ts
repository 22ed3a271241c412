import { connect, type Socket } from "node:net";
import { shortSocketPath } from "../model/socket-path.ts";

/** A connection to a worker's socket; null where nobody answers. */
export async function reachWorker(path: string): Promise<Socket | null> {
  try {
    const socket = connect({ path: shortSocketPath(path), allowHalfOpen: true });
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(socket));
      socket.once("error", () => resolve(null));
    });
  } catch {
    // Its directory is gone as well.
    return null;
  }
}
