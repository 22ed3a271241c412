// RFC 9110, section 7.6.1, and what concerns this connection alone.
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A request's headers as the upstream gets them: raw pairs, names and order kept. Pure. */
export function requestHeaders(raw: readonly string[], host: string): string[] {
  // Only plain text can be looked into; between here and the coding agent nothing is gained by compression.
  const kept = without(raw, ["host", "expect", "accept-encoding"]);
  // Of a method that has no body as a rule, one would go on with nothing around it, and be read as another request.
  const body = toPairs(raw).some(([name]) => name.toLowerCase() === "transfer-encoding");
  return [...kept, ...(body ? ["Transfer-Encoding", "chunked"] : []), "Host", host, "Accept-Encoding", "identity"];
}

/** The names under which clients present a key. */
const KEY_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"];

/** Says to a credential worker that a person can be asked here when the budget is spent. */
export const HOLD_HEADER = "x-harness-hold";

/** A request's headers as a credential worker gets them: with the worker key, whatever the client took for its key. Pure. */
export function workerHeaders(raw: readonly string[], key: string | undefined, mayHold: boolean): string[] {
  const hold = mayHold ? [HOLD_HEADER, "1"] : [];
  const kept = without(raw, [HOLD_HEADER]);
  if (key === undefined) return [...requestHeaders(kept, "localhost"), ...hold];
  return [...requestHeaders(without(kept, KEY_HEADERS), "localhost"), "Authorization", `Bearer ${key}`, ...hold];
}

/** An answer's headers as the coding agent gets them. A redirect names no other place: who follows it takes the key along. Pure. */
export function answerHeaders(raw: readonly string[], status: number): string[] {
  return without(raw, status >= 300 && status < 400 ? ["location", "refresh"] : []);
}

function without(raw: readonly string[], more: readonly string[]): string[] {
  const dropped = new Set([...HOP_BY_HOP, ...more]);
  const pairs = toPairs(raw);
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== "connection") continue;
    for (const named of value.split(",")) dropped.add(named.trim().toLowerCase());
  }
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat();
}

function toPairs(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return pairs;
}
