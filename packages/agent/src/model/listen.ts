import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A socket on loopback that somebody else will accept on. */
export interface Listening {
  /** For the `stdio` of whoever does. */
  readonly descriptor: number;
  readonly port: number;
  /** Gives up this process's own hold on it. */
  release(): void;
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
  return { descriptor: fd, port, release: () => server.close() };
}
