import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "../reply/action.ts";
import type { Usage, Wire, WireName } from "../wires/wire.ts";

/** What is remembered of one request, kept up to date while it lasts. */
export interface RecordedRequest {
  method: string;
  path: string;
  /** The wire on which a reply was asked for; null for every other request, such as a list of models. */
  wire: WireName | null;
  /** The key that was presented, in whichever header. */
  key: string | null;
  model: string | null;
  stream: boolean;
  /** The system prompt, and what the person said, from the beginning of the conversation. */
  system: string;
  said: string[];
  /** The scenario that was played; null before that, and for an aside. */
  scenario: string | null;
  /** Which of its replies, from 0. */
  position: number | null;
  /** Null as long as nothing was answered. */
  status: number | null;
  /** Whether the client went away before the end. */
  aborted: boolean;
  /** What the reply reported, once it was complete. */
  usage: Usage | null;
}

/** One request and its answer. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  record: RecordedRequest;
  /** Aborted when the connection is gone. */
  signal: AbortSignal;
  /** Whether the script cut the connection. */
  isCut: boolean;
}

/** Cuts the connection, after what was sent so far. */
export function cutConnection(exchange: Exchange): void {
  exchange.isCut = true;
  exchange.request.socket.destroySoon();
}

export function sendHead({ response, record }: Exchange, status: number, headers: Record<string, string>): void {
  record.status = status;
  response.writeHead(status, headers);
}

interface JsonAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export function sendJson(exchange: Exchange, { status, body, headers = {} }: JsonAnswer): void {
  sendHead(exchange, status, { ...headers, "content-type": "application/json" });
  exchange.response.end(exchange.request.method === "HEAD" ? undefined : JSON.stringify(body));
}

export function sendFailure(exchange: Exchange, wire: Wire, failure: Failure): void {
  const { status, retryAfterMs } = failure;
  const body = wire.errorBody(failure);
  if (retryAfterMs === undefined) sendJson(exchange, { status, body });
  else sendJson(exchange, { status, body, headers: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) } });
}
