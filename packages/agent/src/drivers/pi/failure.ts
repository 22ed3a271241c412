import type { TurnFailure } from "@harness/core";

const TEXT_LIMIT = 2_000;

/** The status where Pi puts it: first, in parentheses after the provider's name, or as Gemini's code. */
const STATUS = [/^(\d{3})\b/, /\bAPI error \((\d{3})\)/, /"code":\s?(\d{3})\b/];

/** For failures that name no status: those inside a stream, and those before any answer. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/authentication_error|invalid_api_key|unauthenticated|no api key/i, "model-unauthorized"],
  [/rate.?limit|too many requests|resource.?exhausted|quota/i, "model-rate-limited"],
  [/overloaded|unavailable|high demand/i, "model-overloaded"],
  [/connection error|fetch failed|refused|enotfound|eai_again|getaddrinfo|timed? ?out|timeout/i, "model-unreachable"],
  [/invalid_request_error/i, "model-request-refused"],
];

/** Why the model failed, out of Pi's error text: it passes on what the vendor's library said, in other words for each wire. Pure. */
export function classifyFailure(text: string, now: number): TurnFailure {
  const bounded = text.slice(0, 2 * TEXT_LIMIT);
  const status = findStatus(bounded);
  const code = (status === null ? null : codeOfStatus(status)) ?? codeOfWords(bounded);
  const wait = findWait(bounded);
  const retryAt = wait === null ? {} : { retryAt: new Date(now + wait).toISOString() };
  return { code, text: readableText(bounded, status), ...retryAt };
}

function findStatus(text: string): number | null {
  for (const pattern of STATUS) {
    const status = Number(pattern.exec(text)?.[1]);
    if (status >= 400 && status < 600) return status;
  }
  return null;
}

function codeOfStatus(status: number): string | null {
  if (status === 401 || status === 403) return "model-unauthorized";
  if (status === 429) return "model-rate-limited";
  if (status === 503 || status === 529) return "model-overloaded";
  return status < 500 ? "model-request-refused" : "model-failed";
}

function codeOfWords(text: string): string {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? "model-failed";
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** How long the endpoint asks to be left alone, where its words reach this far: Pi drops the header. */
function findWait(text: string): number | null {
  const found =
    /"retryDelay":\s?"([\d.]{1,8})(s)"/.exec(text) ??
    /(?:try again|retry) (?:in|after) ([\d.]{1,8}) ?(ms|s|m)/i.exec(text);
  const wait = Number(found?.[1]) * (UNITS[found?.[2]?.toLowerCase() ?? ""] ?? Number.NaN);
  return Number.isFinite(wait) ? wait : null;
}

/** The vendor's sentence without its JSON around it. */
function readableText(text: string, status: number | null): string {
  const sentence = findSentence(text) ?? text.trim();
  const said = status === null || sentence.startsWith(String(status)) ? sentence : `${status}: ${sentence}`;
  return said.slice(0, TEXT_LIMIT);
}

function findSentence(text: string): string | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  try {
    const body = JSON.parse(text.slice(start)) as { message?: unknown; error?: { message?: unknown } } | null;
    const sentence = body?.error?.message ?? body?.message;
    return typeof sentence === "string" && sentence !== "" ? sentence : null;
  } catch {
    // Cut, or no JSON: then it is shown as it stands.
    return null;
  }
}
