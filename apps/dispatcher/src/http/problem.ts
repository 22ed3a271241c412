import { ERROR_CODES, ERROR_KINDS, HarnessError, systemCode, toErrorRecord, type ErrorCode } from "@harness/core";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The body of every answer that is not a success (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  hint: string;
  details: Record<string, unknown>;
}

// Where HTTP has a better word than the error's kind.
const STATUS_OF_CODE: Partial<Record<ErrorCode, number>> = {
  "host-unknown": 421,
  "media-type-unsupported": 415,
  "message-too-large": 413,
  "storage-full": 507,
};

export function problemOf(error: unknown): Problem {
  const { code, kind, message, hint, details } = toErrorRecord(inOurWords(error));
  return {
    type: `urn:harness:error:${code}`,
    title: ERROR_CODES[code as ErrorCode].title,
    status: STATUS_OF_CODE[code as ErrorCode] ?? ERROR_KINDS[kind].status,
    code,
    detail: message,
    hint,
    details,
  };
}

export function answerProblem(c: Context, error: unknown): Response {
  const problem = problemOf(error);
  if (ERROR_KINDS[ERROR_CODES[problem.code as ErrorCode].kind].retry) c.header("Retry-After", "1");
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    "Content-Type": "application/problem+json",
  });
}

// hono and the system throw errors of their own.
function inOurWords(error: unknown): unknown {
  if (error instanceof HTTPException) {
    return new HarnessError("request-invalid", error.message || "The request could not be read.", { cause: error });
  }
  const code = systemCode(error);
  // Node's word for a client that leaves in the middle of its request.
  if (code === "ECONNRESET" && (error as Error).message === "aborted") {
    return new HarnessError("request-invalid", "The request ended before its body did.", { cause: error });
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new HarnessError("storage-full", "There is no space left for the state root.", { cause: error });
  }
  return error;
}
