export type RestartVerdict = { again: true; delayMs: number } | { again: false; why: string };

export interface RestartFacts {
  /** When it failed, this failure included, as timestamps, oldest first. */
  failures: readonly string[];
  nowMs: number;
  /** Between 0 and 1. */
  random: number;
  /** The first delay; it doubles with every failure. */
  firstMs: number;
}

/** Failures within this are one crash loop. */
const LOOP_MS = 60_000;
const LOOP_LIMIT = 5;
/** What is older no longer lengthens the delay. */
export const MEMORY_MS = 600_000;
const LONGEST_MS = 60_000;

/** After a failure: the first delay, twice that, … at most a minute, a quarter more or less; after more than five within a minute no more. */
export function restartDelay({ failures, nowMs, random, firstMs }: RestartFacts): RestartVerdict {
  const ages = failures.map((at) => nowMs - Date.parse(at));
  // A clock that was set back leaves failures in the future; they say nothing about now.
  const within = (ms: number) => ages.filter((age) => age >= 0 && age < ms).length;
  const recent = within(LOOP_MS);
  if (recent > LOOP_LIMIT) {
    return { again: false, why: `It failed ${recent} times within a minute.` };
  }
  const doubled = firstMs * 2 ** Math.max(0, within(MEMORY_MS) - 1);
  const jittered = doubled * (0.75 + random / 2);
  return { again: true, delayMs: Math.round(Math.min(LONGEST_MS, jittered)) };
}
