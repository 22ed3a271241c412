import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import type { CallBegin, CallEnd, CallHold, WorkerDoor } from "../model/call.ts";
import { admit, type Gate } from "./admit.ts";
import { forwardCall, loadRequest, refuse, requestThrough } from "./forward-call.ts";
import { followHold } from "./follow-hold.ts";
import { isModelCall } from "./model-path.ts";
import { observeCall, type CallTimes } from "./observe-call.ts";
import { shortSocketPath } from "../model/socket-path.ts";
import type { Upstream } from "../model/upstream.ts";

const HEADER_LIMIT = 32 * 1024;
const MOST_CONNECTIONS = 256;
// Longer than clients keep an idle connection: whoever closes second closes on a request.
const KEEP_ALIVE_MS = 120_000;

const times: CallTimes = { monotonic: () => performance.now(), now: () => Date.now() };

export interface RelayOptions {
  readonly upstream: Upstream;
  /** The first segment of every path that is answered. */
  readonly prefix: string;
  /** The only Host that is answered. */
  readonly host: string;
  /** The descriptor of a socket that listens, or the path of one that is to be. */
  readonly socket: number | string;
  /** The credential worker through which the endpoint is reached. */
  readonly worker?: WorkerDoor | undefined;
  tell(line: CallBegin | CallHold | CallEnd): void;
}

export interface Served {
  /** A call that the credential worker holds gets its refusal now. */
  refuse(call: number): void;
}

/** Passes on to the model endpoint what comes under a path that nobody can guess. Resolves when it accepts connections. */
export async function serveRelay(options: RelayOptions): Promise<Served> {
  const { upstream, prefix, host, socket, worker, tell } = options;
  const request = worker === undefined ? await loadRequest(upstream) : requestThrough(worker.socket);
  const held = new Map<number, () => void>();
  let calls = 0;
  const gate: Gate = { prefix, host, upstream };

  const begin = () => {
    const call = ++calls;
    tell({ type: "begin", call });
    return { ...observeCall({ call, times, tell }), ...followHold({ call, held, tell }) };
  };
  const busy = new WeakSet<Socket>();
  const server = createServer({ maxHeaderSize: HEADER_LIMIT, keepAliveTimeout: KEEP_ALIVE_MS }, (asked, answer) => {
    const { socket: from } = asked;
    // No client asks before it has its answer, and one that did would ask without a bound.
    if (busy.has(from)) return void from.destroy();
    busy.add(from);
    answer.once("close", () => busy.delete(from));
    answer.on("error", () => {});
    const admission = admit(gate, { target: asked.url ?? "", host: asked.headers.host });
    if (!admission.admitted) return refuse(answer, admission.status, admission.text);
    const observer = isModelCall(asked.method, admission.target) ? begin() : null;
    // A worker knows by itself below which path its endpoint lies.
    const target = worker === undefined ? admission.target : admission.target.slice(upstream.root.length);
    forwardCall(asked, answer, { upstream, request, target, observer, worker });
  });
  server.maxConnections = MOST_CONNECTIONS;
  // What a large prompt takes to arrive is the coding agent's business.
  server.requestTimeout = 0;
  server.on("connect", (_asked, connection) => {
    // Node listens to its errors no longer.
    connection.on("error", () => {});
    connection.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n", () => connection.destroy());
  });
  server.listen(typeof socket === "number" ? { fd: socket } : { path: shortSocketPath(socket) });
  await once(server, "listening");
  return { refuse: (call) => held.get(call)?.() };
}
