import type { ServerResponse } from "node:http";

/** Why a worker before a remote said no. The words are stable: programs decide by them. */
export type GitRefusalCode =
  | "not-allowed"
  | "worker-key-refused"
  | "push-refused"
  | "remote-refused"
  | "remote-redirected"
  | "remote-unreachable";

export interface GitRefusal {
  readonly status: number;
  readonly code: GitRefusalCode;
  readonly message: string;
}

/** Says no as git shows it: never with 401, upon which git asks a person for a password. */
export function refusePlainly(answer: ServerResponse, { status, code, message }: GitRefusal): void {
  if (answer.headersSent) return void answer.destroy();
  const body = `${message}\n`;
  answer.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "x-harness-refusal": code,
  });
  answer.end(body);
}
