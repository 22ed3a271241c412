const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;

/** How long an endpoint asks to be left alone, by its headers; undefined where it does not say, or says nonsense. Pure. */
export function retryAfterMs(
  headers: { "retry-after"?: string | undefined; "retry-after-ms"?: string | string[] | undefined },
  nowMs: number,
): number | undefined {
  const fine = Number(headers["retry-after-ms"]);
  if (headers["retry-after-ms"] !== undefined && isWait(fine)) return Math.round(fine);
  const given = headers["retry-after"];
  if (given === undefined) return undefined;
  const seconds = /^\s*[0-9]+(?:\.[0-9]+)?\s*$/.test(given) ? Number(given) * 1000 : Date.parse(given) - nowMs;
  return isWait(seconds) ? Math.round(seconds) : undefined;
}

/** A duration of Google's kind: `17s`, `0.5s`. Pure. */
export function durationMs(text: unknown): number | undefined {
  const seconds = typeof text === "string" ? /^([0-9]+(?:\.[0-9]+)?)s$/.exec(text)?.[1] : undefined;
  const ms = Number(seconds) * 1000;
  return seconds !== undefined && isWait(ms) ? Math.round(ms) : undefined;
}

function isWait(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_MS;
}
