import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { shortSocketPath } from "../model/socket-path.ts";
import type { Door } from "../wall/wall.ts";
import { reachWorker } from "./reach-worker.ts";

const MOST_CONNECTIONS = 16;
const GONE = "The credential worker of the remote does not answer. Try again in a second.\n";
const UNAVAILABLE = [
  "HTTP/1.1 503 Service Unavailable",
  "Content-Type: text/plain",
  `Content-Length: ${GONE.length}`,
  "Connection: close",
  "",
  GONE,
].join("\r\n");

export interface PushDoor {
  /** Where git inside the session finds it. */
  readonly host: string;
  close(): void;
}

/**
 * Lets the session reach the socket of its credential worker: behind a wall through the door in it, otherwise at a port of
 * the loopback, where whoever connects needs the worker key.
 */
export async function openPushDoor(worker: string, door: Door | null): Promise<PushDoor> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inside) => {
    open.add(inside);
    inside.once("close", () => open.delete(inside));
    void admit(inside, worker);
  });
  server.maxConnections = MOST_CONNECTIONS;
  if (door !== null) rmSync(door.socket, { force: true });
  server.listen(door === null ? { port: 0, host: "127.0.0.1" } : { path: shortSocketPath(door.socket) });
  await once(server, "listening");
  server.on("error", () => {});
  const port = door?.port ?? (server.address() as AddressInfo).port;
  return {
    host: `127.0.0.1:${port}`,
    close() {
      server.close();
      for (const inside of open) inside.destroy();
    },
  };
}

async function admit(inside: Socket, worker: string): Promise<void> {
  inside.on("error", () => inside.destroy());
  const outside = await reachWorker(worker);
  if (outside === null) return void inside.end(UNAVAILABLE);
  pour(inside, outside);
  pour(outside, inside);
}

function pour(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}
