import { durationMs } from "./retry-after.ts";

const TEXT_LIMIT = 500;

/** What an endpoint said of a failure. */
export interface SaidError {
  /** The HTTP status that it stands for; 500 where it says none. */
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** The words of the four wires for a failure, and the statuses that mean the same. */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  UNAUTHENTICATED: 401,
  permission_error: 403,
  PERMISSION_DENIED: 403,
  not_found_error: 404,
  model_not_found: 404,
  NOT_FOUND: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  requests: 429,
  tokens: 429,
  RESOURCE_EXHAUSTED: 429,
  overloaded_error: 529,
  server_is_overloaded: 529,
  UNAVAILABLE: 503,
};

/** The failure that a JSON value of one of the four wires tells, or null. Looks at its outermost fields only. Pure. */
export function readError(value: unknown): SaidError | null {
  // Gemini streams a list of objects; a failure is the last.
  const outer = fields(Array.isArray(value) ? value.at(-1) : value);
  if (!outer) return null;
  const inner = outer["type"] === "response.failed" ? fields(fields(outer["response"])?.["error"]) : null;
  const error = inner ?? outer["error"];
  if (typeof error === "string" && error !== "") return { status: 500, text: cut(error) };
  const told = fields(error);
  if (told) return describe(told);
  // The Responses API puts the failure's fields beside the type.
  if (outer["type"] === "error" || outer["type"] === "response.failed") return describe(outer);
  return null;
}

function describe(error: Record<string, unknown>): SaidError {
  const words = [error["code"], error["status"], error["type"]];
  const number = words.map(Number).find((status) => status >= 400 && status < 600);
  const named = words.flatMap((word) => (typeof word === "string" ? (STATUSES[word] ?? []) : []))[0];
  const message =
    typeof error["message"] === "string" ? error["message"] : words.find((word) => typeof word === "string");
  const retry = retryInfo(error["details"]);
  return {
    status: number ?? named ?? 500,
    text: cut(message ?? "It says no more."),
    ...(retry === undefined ? {} : { retryAfterMs: retry }),
  };
}

function retryInfo(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.map((detail) => durationMs(fields(detail)?.["retryDelay"])).find((ms) => ms !== undefined);
}

/** What the body of a refusal says: its message where it is one of the four wires' errors, else its text. Pure. */
export function readRefusal(body: string): Partial<SaidError> {
  const value = parse(body);
  const said = value === undefined ? null : readError(value);
  if (said) return said;
  const text = cut(body.replaceAll(/<[^<>]*>/g, " "));
  return text === "" ? {} : { text };
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line of printable text, not too long. Pure. */
export function cut(text: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return (plain.length > TEXT_LIMIT ? `${plain.slice(0, TEXT_LIMIT)} …` : plain).toWellFormed();
}

function fields(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
