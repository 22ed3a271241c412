export interface Retention {
  /** 0 keeps for ever. */
  keepDays: number;
  /** Of all together; 0 is no limit. */
  maxBytes: number;
}

export interface Aging {
  key: string;
  at: string;
  bytes: number;
}

export type Cause = "age" | "size";

const DAY_MS = 86_400_000;

/**
 * What has to go: what is older than `keepDays`, and then the oldest until the rest fits. For the sake of size nothing
 * goes that is younger than `safeDays`. A clock that went back makes nothing old.
 */
export function chooseExpired(
  kept: readonly Aging[],
  options: Retention & { nowMs: number; safeDays: number },
): Map<string, Cause> {
  const { keepDays, maxBytes, nowMs, safeDays } = options;
  const expired = new Map<string, Cause>();
  const ageOf = ({ at }: Aging) => nowMs - Date.parse(at);
  for (const one of kept) if (keepDays > 0 && ageOf(one) > keepDays * DAY_MS) expired.set(one.key, "age");
  const rest = kept.filter(({ key }) => !expired.has(key)).toSorted((a, b) => ageOf(b) - ageOf(a));
  let total = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const one of rest) {
    if (maxBytes === 0 || total <= maxBytes || !(ageOf(one) > safeDays * DAY_MS)) break;
    expired.set(one.key, "size");
    total -= one.bytes;
  }
  return expired;
}

/** Null for ever. */
export function expiresAt(at: string, keepDays: number): string | null {
  const begun = Date.parse(at);
  return keepDays === 0 || Number.isNaN(begun) ? null : new Date(begun + keepDays * DAY_MS).toISOString();
}
