import { once } from "node:events";
import { createServer, request, type IncomingMessage, type RequestListener, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { WORKER_KEY } from "./running-worker.ts";

export interface Upstream extends AsyncDisposable {
  readonly url: string;
}

/** A provider of the test's own. */
export async function startUpstream(listener: RequestListener): Promise<Upstream> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** What a refusal says. */
  readonly code: string | undefined;
}

export function open(socket: string, options: RequestOptions & { key?: string | null } = {}) {
  const { key = WORKER_KEY, headers = {}, ...rest } = options;
  return request({
    socketPath: socket,
    method: "POST",
    path: "/v1/messages",
    headers: { host: "localhost", ...(key === null ? {} : { "x-api-key": key }), ...(headers as object) },
    ...rest,
  });
}

export async function call(
  socket: string,
  options: RequestOptions & { key?: string | null; body?: string | Buffer } = {},
): Promise<Answered> {
  const { body = "{}", ...rest } = options;
  const sent = open(socket, rest);
  sent.end(rest.method === "GET" ? undefined : body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const text = await readText(answer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, code: codeOf(text) };
}

export async function readText(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of answer) text += String(piece);
  return text;
}

/** Bytes as no client library would send them; resolves with the whole answer. */
export async function callRaw(socket: string, bytes: string): Promise<string> {
  const connection = connect(socket);
  connection.on("error", () => {});
  connection.write(bytes);
  let text = "";
  connection.on("data", (piece) => {
    text += String(piece);
    if (text.includes("\r\n\r\n")) connection.end();
  });
  await once(connection, "close");
  return text;
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
