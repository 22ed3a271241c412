import type { ServerResponse } from "node:http";

/** Why the worker itself said no. The words are stable: programs decide by them. */
export type RefusalCode =
  | "not-allowed"
  | "worker-key-refused"
  | "budget-spent"
  | "provider-unreachable"
  | "provider-silent"
  | "client-stalled"
  | "provider-redirected"
  | "provider-answer-refused"
  | "needs-login"
  | "key-renewed"
  | "key-unavailable"
  | "spending-not-kept";

export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** Says no in the shape that clients of every wire look for. */
export function refuse(answer: ServerResponse, { status, code, message, retryable }: Refusal): void {
  const type = code.replaceAll("-", "_");
  const body = JSON.stringify({ type: "error", error: { type, code, message, retryable } });
  answer.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-should-retry": String(retryable),
    ...(status === 503 ? { "retry-after": "1" } : {}),
    "x-harness-refusal": code,
  });
  answer.end(body);
}
