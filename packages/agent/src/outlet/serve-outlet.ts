import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, STATUS_CODES } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ListedHost } from "@harness/sandbox";
import { shortSocketPath } from "../model/socket-path.ts";
import type { Refused } from "../wall/outlet-line.ts";
import { admitTarget } from "./admit-target.ts";
import { findAddresses, type Address, type Lookup } from "./find-addresses.ts";

const HEADER_LIMIT = 8 * 1024;
const HEADER_MS = 10_000;
const CONNECT_MS = 10_000;
const MOST_CONNECTIONS = 256;
const TARGET_LIMIT = 200;

export interface OutletOptions {
  readonly hosts: readonly ListedHost[];
  /** Where it is reached. */
  readonly socket: string;
  onRefused(refused: Refused): void;
  /** In place of the system's own. */
  readonly lookup?: Lookup;
}

/** Passes connections on to the places of the list and to no other. Resolves when it accepts them. */
export async function serveOutlet(options: OutletOptions): Promise<{ close(): void }> {
  const { hosts, socket, onRefused } = options;
  const find = options.lookup ?? ((host: string) => lookup(host, { all: true }));

  function refuse(to: Duplex, status: number, refused: Refused): void {
    onRefused({ target: refused.target.slice(0, TARGET_LIMIT).toWellFormed(), reason: refused.reason });
    const text = `Harness lets this session reach the hosts of its list alone: ${refused.reason}.\n`;
    to.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nContent-Type: text/plain\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    );
  }

  // A CONNECT without a Host is what older clients send.
  const server = createServer(
    { maxHeaderSize: HEADER_LIMIT, headersTimeout: HEADER_MS, requireHostHeader: false },
    ({ method = "", url = "", rawHeaders }, answer) => {
      const admission = admitTarget(hosts, { method, target: url, rawHeaders });
      const [status, reason] = admission.admitted ? [400, "it is no CONNECT"] : [admission.status, admission.reason];
      if (answer.socket) refuse(answer.socket, status, { target: `${method} ${url}`, reason });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on("connect", ({ method = "", url = "", rawHeaders }, inside: Duplex, first: Buffer) => {
    inside.on("error", () => inside.destroy());
    const admission = admitTarget(hosts, { method, target: url, rawHeaders });
    if (!admission.admitted) return refuse(inside, admission.status, { target: url, reason: admission.reason });
    void reach(admission.host, find).then(
      (outside) => {
        // Who asks and goes away leaves nothing open: those connections nobody counts.
        if (inside.destroyed) return void outside.destroy();
        inside.write("HTTP/1.1 200 Connection established\r\n\r\n");
        if (first.length > 0) outside.write(first);
        pour(inside, outside);
        pour(outside, inside);
      },
      (error: Error) => refuse(inside, 502, { target: url, reason: error.message }),
    );
  });
  server.on("clientError", (_error, inside) => {
    inside.on("error", () => inside.destroy());
    if (inside.writable) refuse(inside, 400, { target: "", reason: "what it sent is no HTTP" });
    else inside.destroy();
  });
  server.listen({ path: shortSocketPath(socket) });
  await once(server, "listening");
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function reach(host: ListedHost, find: Lookup): Promise<Socket> {
  let failure = new Error("it cannot be reached");
  for (const address of await findAddresses(host, find)) {
    try {
      return await connectTo(address, host.port);
    } catch (error) {
      failure = error as Error;
    }
  }
  throw failure;
}

function connectTo({ address, family }: Address, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const outside = connect({ host: address, port, family, allowHalfOpen: true });
    const timer = setTimeout(() => outside.destroy(new Error("it does not answer")), CONNECT_MS);
    outside.once("connect", () => {
      clearTimeout(timer);
      outside.off("error", reject);
      resolve(outside);
    });
    outside.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function pour(from: Duplex, to: Duplex): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}
