import { request as requestPlain, type IncomingMessage, type RequestOptions, type ServerResponse } from "node:http";
import type { WorkerDoor } from "../model/call.ts";
import { shortSocketPath } from "../model/socket-path.ts";
import type { HoldFollower } from "./follow-hold.ts";
import { answerHeaders, HOLD_HEADER, requestHeaders, workerHeaders } from "./headers.ts";
import type { CallObserver } from "./observe-call.ts";
import type { Upstream } from "../model/upstream.ts";

/** What an endpoint's headers may come to. */
const HEADER_LIMIT = 64 * 1024;

type Request = typeof requestPlain;

export interface Forwarding {
  readonly upstream: Upstream;
  readonly request: Request;
  readonly target: string;
  /** Null for requests that ask no model. */
  readonly observer: (CallObserver & HoldFollower) | null;
  /** The credential worker through which it is asked. */
  readonly worker: WorkerDoor | undefined;
}

/** TLS is loaded only for an endpoint that needs it. */
export async function loadRequest({ protocol }: Upstream): Promise<Request> {
  return protocol === "https:" ? (await import("node:https")).request : requestPlain;
}

/** Asks through a credential worker, which knows by itself where its endpoint is and how it is reached. */
export function requestThrough(worker: string): Request {
  return ((options: RequestOptions) =>
    requestPlain({ ...options, hostname: null, port: null, socketPath: shortSocketPath(worker) })) as Request;
}

/** Passes one request on and its answer back: nothing is held but what one side has not yet taken. */
export function forwardCall(asked: IncomingMessage, answer: ServerResponse, forwarding: Forwarding): void {
  const { upstream, request, target, observer, worker } = forwarding;
  const { hostname, port, host } = upstream;
  const outgoing = request({
    hostname,
    port,
    method: asked.method ?? "GET",
    path: target,
    headers: worker
      ? workerHeaders(asked.rawHeaders, worker.key, observer !== null)
      : requestHeaders(asked.rawHeaders, host),
    maxHeaderSize: HEADER_LIMIT,
  });
  let incoming: IncomingMessage | null = null;
  let failed = false;

  // As the worker would in a while.
  function refuseHeld(why: string): void {
    if (failed || incoming !== null) return;
    failed = true;
    const body = refusal(why, "budget-spent");
    observer?.answered(402, { "x-harness-refusal": "budget-spent" });
    observer?.bytes(Buffer.from(body));
    observer?.finished();
    asked.unpipe(outgoing);
    asked.resume();
    outgoing.destroy();
    send(answer, 402, body);
  }
  const fail = (error: Error) => {
    // An endpoint may close on the rest of a request when its answer is given.
    if (failed || incoming?.complete) return;
    failed = true;
    const lost = worker && incoming === null ? new Error(WORKER_GONE) : error;
    observer?.broke(lost);
    asked.unpipe(outgoing);
    asked.resume();
    // Half an answer ends as it came: cut. Where there is none, words say more than a closed connection.
    if (answer.headersSent) answer.destroy();
    else if (worker) refuse(answer, 503, WORKER_GONE, "credential-worker-gone");
    else refuse(answer, 502, `The model endpoint ${host} cannot be reached: ${error.message}`);
  };
  outgoing.on("error", fail);
  // One that changes the protocol unasked is cut by Node, which says no more of it.
  outgoing.once("close", () => incoming ?? fail(new Error("The connection was closed.")));
  outgoing.on("information", ({ statusCode, headers }) => {
    const said = headers[HOLD_HEADER];
    if (statusCode === 102 && typeof said === "string") observer?.held(said, refuseHeld);
  });
  outgoing.once("response", (response) => {
    incoming = response;
    observer?.released(response.statusCode !== 402);
    const status = response.statusCode ?? 502;
    observer?.answered(status, response.headers);
    response.on("error", fail);
    try {
      answer.writeHead(status, response.statusMessage, answerHeaders(response.rawHeaders, status));
    } catch (error) {
      // A status or a header that cannot be said again.
      fail(error as Error);
      return void outgoing.destroy();
    }
    answer.flushHeaders();
    passOn(response, answer, observer);
  });
  answer.once("close", () => {
    observer?.released(false);
    if (incoming?.readableEnded) return;
    if (!failed) observer?.abandoned();
    outgoing.destroy();
  });
  // The answer's `close` deals with a client that went away.
  asked.on("error", () => {});
  asked.pipe(outgoing);
}

/**
 * Passes the answer's body on. What arrived together goes on together: an endpoint's stream is many small chunks, each of
 * which would cost as much as all of them. What a call came to is told before the coding agent can act on it.
 */
function passOn(from: IncomingMessage, to: ServerResponse, observer: CallObserver | null): void {
  let arrived: Buffer[] = [];

  function flush(): void {
    const [first] = arrived;
    if (first === undefined) return;
    const bytes = arrived.length === 1 ? first : Buffer.concat(arrived);
    arrived = [];
    observer?.bytes(bytes);
    if (!to.write(bytes)) from.pause();
  }
  from.on("data", (bytes: Buffer) => {
    if (arrived.push(bytes) === 1) process.nextTick(flush);
  });
  to.on("drain", () => from.resume());
  from.once("end", () => {
    flush();
    observer?.finished();
    to.end();
  });
}

const WORKER_GONE = "The credential worker is being started again. Try again in a second.";

/** Says no in the shape that clients of every wire look for. */
// eslint-disable-next-line max-params
export function refuse(answer: ServerResponse, status: number, message: string, code = "relay_error"): void {
  send(answer, status, refusal(message, code, status === 503));
}

function refusal(message: string, code: string, retryable = false): string {
  const error = { type: code.replaceAll("-", "_"), code, message, ...(retryable ? { retryable } : {}) };
  return JSON.stringify({ type: "error", error });
}

function send(answer: ServerResponse, status: number, body: string): void {
  answer.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(status === 503 ? { "retry-after": "1", "x-should-retry": "true" } : {}),
    ...(status === 402 ? { "x-should-retry": "false" } : {}),
  });
  answer.end(body);
}
