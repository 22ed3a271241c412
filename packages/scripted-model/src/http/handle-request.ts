import type { IncomingMessage, ServerResponse } from "node:http";
import type { Script } from "../script/script.ts";
import { openAiChat } from "../wires/openai-chat/openai-chat.ts";
import { wires } from "../wires/wires.ts";
import { answerCall } from "./answer-call.ts";
import { sendFailure, sendJson, type Exchange, type RecordedRequest } from "./exchange.ts";
import { presentedKey } from "./presented-key.ts";
import { readBody } from "./read-body.ts";
import { findSideAnswer } from "./side-answers.ts";

export interface HandlerOptions {
  script: Script;
  /** The keys that are accepted; without it, every request is. */
  keys: string[] | undefined;
  requests: RecordedRequest[];
  /** Told of every request that is over. */
  onEnd: ((record: RecordedRequest) => void) | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHandler({ script, keys, requests, onEnd }: HandlerOptions): Handler {
  const stage = { script, attempts: new Map<string, number>() };

  const answer = async (exchange: Exchange) => {
    const { request, url, record } = exchange;
    const wire = request.method === "POST" ? (wires.find(({ path }) => path.test(url.pathname)) ?? null) : null;
    record.wire = wire?.name ?? null;
    const body = await readBody(request);
    const side = findSideAnswer(exchange);
    const asked = wire ?? side?.wire;
    if (asked === undefined) return answerElse(exchange);
    if (keys !== undefined && !keys.includes(record.key ?? "")) return sendFailure(exchange, asked, wrongKey(record));
    if (body === null) return sendFailure(exchange, asked, { status: 413, message: "The request is too large." });
    if (wire !== null) return answerCall(exchange, wire, { body, stage });
    return sendJson(exchange, { status: 200, body: side?.body(body) });
  };

  return async (request, response) => {
    const exchange = openExchange(request, response);
    requests.push(exchange.record);
    response.once("close", () => onEnd?.(exchange.record));
    try {
      await answer(exchange);
    } catch (error) {
      if (exchange.signal.aborted) return;
      breakOff(exchange, error);
    }
  };
}

function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const record: RecordedRequest = {
    method: request.method ?? "",
    path: url.pathname,
    wire: null,
    key: presentedKey(request.headers, url),
    model: null,
    stream: false,
    system: "",
    said: [],
    scenario: null,
    position: null,
    status: null,
    aborted: false,
    usage: null,
  };
  const gone = new AbortController();
  const exchange = { request, response, url, record, signal: gone.signal, isCut: false };
  response.once("close", () => {
    record.aborted = !response.writableEnded && !exchange.isCut;
    gone.abort();
  });
  return exchange;
}

function wrongKey({ key }: RecordedRequest): { status: number; message: string } {
  return { status: 401, message: key === null ? "No API key was given." : "The API key is not valid." };
}

function answerElse(exchange: Exchange): void {
  const { request, url } = exchange;
  if (url.pathname === "/") return sendJson(exchange, { status: 200, body: { name: "scripted-model" } });
  const known = wires.map(({ path }) => path.source.replaceAll("\\", "").slice(1, -1)).join(", ");
  const message = `Nothing answers ${request.method} ${url.pathname}. Replies are at POST ${known}.`;
  sendFailure(exchange, openAiChat, { status: 404, message });
}

function breakOff(exchange: Exchange, error: unknown): void {
  console.error("scripted-model:", error);
  if (exchange.response.headersSent) exchange.response.destroy();
  else sendFailure(exchange, openAiChat, { status: 500, message: String(error) });
}
