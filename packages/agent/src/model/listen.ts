import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import type { Door } from "../wall/wall.ts";

/** Where calls come in, which somebody else will accept. */
export interface Listening {
  /** An open socket, for the `stdio` of whoever does; null where it opens one itself, at the door. */
  readonly descriptor: number | null;
  /** The Host that whoever reaches it will name. */
  readonly host: string;
  /** Gives up this process's own hold on it. */
  release(): void;
}

/** Whoever comes to a door waits there for it to open: see `bridge/main.ts`. */
export function listenAtDoor({ socket, port }: Door): Listening {
  rmSync(socket, { force: true });
  return { descriptor: null, host: `127.0.0.1:${port}`, release() {} };
}

/**
 * Opens it here so that its port is known before the process that serves it has started: whoever connects meanwhile waits
 * in the kernel. `node:net` costs nothing, because starting processes has loaded it.
 */
export async function listenOnLoopback(): Promise<Listening> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // Node lends a server's descriptor by `_handle.fd` alone: the `stdio` of a child takes no server.
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  return { descriptor: fd, host: `127.0.0.1:${port}`, release: () => server.close() };
}
