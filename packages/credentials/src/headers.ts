import type { Wire } from "./protocol.ts";
import type { PresentedKey } from "./provider-key.ts";

type Presented = Pick<PresentedKey, "secret" | "isToken">;

const HOP_BY_HOP = new Set([
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** What goes on to the provider. Keys, cookies, accounts and where a request claims to come from are not among it. */
const REQUEST_HEADERS =
  /^(?:accept|accept-language|user-agent|content-type|content-length|anthropic-(?:version|beta)|openai-beta|idempotency-key|originator|x-app|x-goog-api-client|x-stainless-[a-z-]{1,40})$/;

/** What comes back from the provider. */
const ANSWER_HEADERS =
  /^(?:content-type|content-length|date|retry-after|retry-after-ms|x-should-retry|cache-control|request-id|x-request-id|openai-processing-ms|openai-version|(?:anthropic|x)-ratelimit-[a-z0-9-]{1,60})$/;

/** Why a request's headers are refused; null where nothing is wrong with them. Pure. */
export function whyRefused(
  raw: readonly string[],
  { host, method }: { readonly host: string; readonly method: string | undefined },
): { status: number; text: string } | null {
  const seen = new Set<string>();
  for (const [name, value] of toPairs(raw)) {
    if (seen.has(name)) return { status: 400, text: "A header is given twice." };
    seen.add(name);
    if (HOP_BY_HOP.has(name)) return { status: 400, text: `The header ${name} is refused.` };
    if (name === "connection" && !/^(?:keep-alive|close)$/i.test(value))
      return { status: 400, text: "The header connection is refused." };
    if (name === "transfer-encoding" && value.toLowerCase() !== "chunked")
      return { status: 400, text: "The header transfer-encoding is refused." };
    // Its body would be sent on with nothing around it, and be read as another request.
    if (method === "GET" && (name === "transfer-encoding" || (name === "content-length" && Number(value) !== 0)))
      return { status: 400, text: "A GET has no body." };
    if (name === "content-encoding" && value.toLowerCase() !== "identity")
      return { status: 415, text: "A request in a compressed form is refused." };
    if (name === "host" && value !== host && !/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(value))
      return { status: 421, text: "The provider of this socket is another host." };
  }
  return seen.has("host") ? null : { status: 400, text: "The header host is missing." };
}

/** The keys that a client presents, under whichever of the names that clients use. Pure. */
export function presentedKeys(raw: readonly string[], target: string): string[] {
  const query = /[?&]key=([\w.~-]+)(?:&|$)/.exec(target)?.[1];
  const headers = toPairs(raw).flatMap(([name, value]) => {
    if (name === "x-api-key" || name === "x-goog-api-key") return [value];
    return name === "authorization" ? (/^Bearer +(\S+)$/i.exec(value)?.[1] ?? []) : [];
  });
  return query === undefined ? headers : [...headers, query];
}

/** A request's headers as the provider gets them. Pure. */
export function requestHeaders(
  raw: readonly string[],
  { wire, host, key }: { readonly wire: Wire; readonly host: string; readonly key: Presented },
): string[] {
  const kept = toPairs(raw).filter(([name]) => REQUEST_HEADERS.test(name));
  // Only plain text can be looked through for the secret.
  return [...kept.flat(), "host", host, "accept-encoding", "identity", ...keyHeader(wire, key)];
}

function keyHeader(wire: Wire, { secret, isToken }: Presented): string[] {
  if (secret === null) return [];
  if (isToken) return ["authorization", `Bearer ${secret}`];
  if (wire === "anthropic") return ["x-api-key", secret];
  return wire === "gemini" ? ["x-goog-api-key", secret] : ["authorization", `Bearer ${secret}`];
}

/** An answer's headers as the session gets them, each value changed by `scrub`. Pure. */
export function answerHeaders(raw: readonly string[], scrub: (text: string) => string): string[] {
  return toPairs(raw)
    .filter(([name]) => ANSWER_HEADERS.test(name))
    .flatMap(([name, value]) => [name, scrub(value)]);
}

function toPairs(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push([(raw[index] ?? "").toLowerCase(), raw[index + 1] ?? ""]);
  return pairs;
}
