import { connect } from "node:net";

const PATIENCE_MS = 3_000;
const ANSWER_BYTES = 256 * 1024;

/** Sends bytes as they are and returns what comes back; null where nobody opens. Clients would correct what is sent. */
export function sendRaw(port: number, request: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1");
    const end = (said: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    const timer = setTimeout(() => end(answer), PATIENCE_MS);
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (answer.length > ANSWER_BYTES) end(answer);
    });
    socket.once("connect", () => socket.write(request));
    socket.once("error", () => end(answer === "" ? null : answer));
    socket.once("close", () => end(answer));
  });
}

export interface Request {
  readonly method?: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function formatRequest({ method = "POST", target, headers, body = "" }: Request): string {
  const all = { Connection: "close", "Content-Length": String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

export function statusOf(answer: string | null): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer ?? "")?.[1] ?? 0);
}
