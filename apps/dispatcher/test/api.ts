import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { stateRoot, type StateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { startDispatcher, type Dispatcher } from "../src/start-dispatcher.ts";

export interface Call {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text. */
  body?: unknown;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json(): Record<string, unknown>;
}

export interface TestApi {
  readonly root: StateRoot;
  readonly dispatcher: Dispatcher;
  call(path: string, call?: Call): Promise<Reply>;
  /** As the person. */
  admin(path: string, call?: Call): Promise<Reply>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A dispatcher of its own, listening on a port of its own, in this process. */
export async function openApi(): Promise<TestApi> {
  const home = temporaryDirectory("harness-api-");
  const root = stateRoot(home.path);
  const dispatcher = await startDispatcher({
    root,
    port: 0,
    environment: { PATH: process.env["PATH"], HOME: home.path },
  });
  const call = (path: string, options: Call = {}) => send(dispatcher.port, path, options);
  return {
    root,
    dispatcher,
    call,
    admin: (path, options = {}) => call(path, { token: dispatcher.token, ...options }),
    [Symbol.asyncDispose]: async () => {
      await dispatcher.close({ all: true });
      await home[Symbol.asyncDispose]();
    },
  };
}

/** A request as written: fetch would correct the path, the Host and the Origin. */
export function send(
  port: number,
  path: string,
  { method = "GET", token, headers = {}, body }: Call = {},
): Promise<Reply> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const all: Record<string, string> = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined ? {} : { "Content-Type": "application/json", ...lengthOf(text, headers) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const said = Buffer.concat(chunks).toString("utf8");
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, text: said, json: () => JSON.parse(said) as Record<string, unknown> });
      });
    });
    request.once("error", reject);
    request.end(text);
  });
}

function lengthOf(text: string, headers: Record<string, string>): Record<string, string> {
  return "Transfer-Encoding" in headers ? {} : { "Content-Length": String(Buffer.byteLength(text)) };
}
