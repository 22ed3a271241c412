import type { TurnFailure } from "@harness/core";
import { isRecord } from "./frames.ts";
import { clip, jsonText } from "./text.ts";

const TEXT_LIMIT = 4 * 1024;
/** How deep a status is looked for in what an agent says about an error. */
const DEPTH = 6;

/** An error that knows which failure of the turn it is. */
export interface AgentFailure extends Error {
  readonly failure: TurnFailure;
}

export function agentFailure(code: string, text: string): AgentFailure {
  return Object.assign(new Error(text), { failure: { code, text } });
}

export function isAgentFailure(error: unknown): error is AgentFailure {
  return error instanceof Error && "failure" in error;
}

const BY_STATUS: readonly [RegExp, string][] = [
  [/^(?:401|403)$/, "model-unauthorized"],
  [/^(?:402|429)$/, "model-rate-limited"],
  [/^(?:503|529)$/, "model-overloaded"],
  [/^4\d\d$/, "model-request-refused"],
  [/^5\d\d$/, "model-failed"],
];

// The order decides where a text says several things.
const BY_WORDS: readonly [RegExp, string][] = [
  [/rate.?limit|too many requests|usage.?limit|quota/i, "model-rate-limited"],
  [/overloaded|at capacity|service unavailable/i, "model-overloaded"],
  [
    /unauthori[sz]ed|authentication|invalid.{0,12}api.?key|incorrect api key|not logged in|forbidden/i,
    "model-unauthorized",
  ],
  [
    /econnrefused|econnreset|enotfound|etimedout|fetch failed|connection (?:refused|reset|error|failed|lost)|could not connect|error sending request|stream disconnected|network error|dns/i,
    "model-unreachable",
  ],
  [/bad request|invalid.?request|context (?:window|length)|prompt is too long/i, "model-request-refused"],
];

// The categories of Codex's and Claude's typed failures.
const BY_CATEGORY: ReadonlyMap<unknown, string> = new Map([
  ["access", "model-unauthorized"],
  ["limit", "model-rate-limited"],
  ["connection", "model-unreachable"],
  ["request", "model-request-refused"],
  ["service", "model-failed"],
]);

/** What an agent's answer to a request says about the failure of a turn. Pure. */
export function classifyError(error: unknown): TurnFailure {
  const { code, message, data } = isRecord(error) || error instanceof Error ? (error as RpcError) : { message: error };
  const said = [typeof message === "string" ? message : "", detailText(data)].filter((part) => part !== "");
  const text = clip(said.join(": ") || "The coding agent reported a failure and did not say which.", TEXT_LIMIT);
  const status = findStatus(data, DEPTH) ?? statusInText(text);
  // -32000 is the protocol's own "authentication required".
  const fallback = code === -32000 ? "model-unauthorized" : "agent-failed";
  return { code: codeOf(status, text) ?? fallback, text };
}

interface RpcError {
  code?: unknown;
  message?: unknown;
  data?: unknown;
}

/** `_meta.jetbrains.air.sessionFailure` of an answer: Codex and Claude say so that a turn failed which "ended". Pure. */
export function readSessionFailure(answer: unknown): TurnFailure | null {
  const failure = dig(answer, ["_meta", "jetbrains", "air", "sessionFailure"]);
  if (!isRecord(failure) || failure["severity"] === "warning") return null;
  const parts = [failure["title"], failure["message"]].filter((part) => typeof part === "string");
  const text = clip(parts.join(": ") || "The coding agent reported that its session failed.", TEXT_LIMIT);
  const code = codeOf(statusInText(text), text) ?? BY_CATEGORY.get(failure["category"]) ?? "agent-failed";
  return { code, text };
}

/** What is at `path` in foreign JSON; undefined where there is nothing. Pure. */
export function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

function codeOf(status: string | null, text: string): string | null {
  const known = status === null ? undefined : BY_STATUS.find(([pattern]) => pattern.test(status));
  return known?.[1] ?? BY_WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

function findStatus(value: unknown, depth: number): string | null {
  if (!isRecord(value) || depth === 0) return null;
  for (const name of ["status", "statusCode", "httpStatusCode", "http_status", "status_code", "code"]) {
    const found = value[name];
    const status = typeof found === "number" || typeof found === "string" ? String(found) : "";
    if (/^[45]\d\d$/.test(status)) return status;
  }
  for (const inner of Object.values(value).slice(0, 50)) {
    const found = findStatus(inner, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

function statusInText(text: string): string | null {
  const named =
    /(?:status(?: code)?|api error|http(?: status| error)?|error code|returned)[:=\s]{1,3}([45]\d\d)\b/i.exec(text);
  // "401 Unauthorized", but not the "400 lines" of anything.
  return (named ?? /\b([45]\d\d) (?:[A-Z][a-z]|\{)/.exec(text))?.[1] ?? null;
}

function detailText(data: unknown): string {
  if (typeof data === "string") return data;
  if (data === undefined || data === null) return "";
  for (const name of ["message", "details", "error"]) {
    const found = dig(data, [name]);
    if (typeof found === "string" && found !== "") return found;
  }
  return jsonText(data, 1024);
}
