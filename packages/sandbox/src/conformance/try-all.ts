import { setTimeout as sleep } from "node:timers/promises";
import { errorCode, untried, type Attempt, type Inside, type Seen } from "./attempt.ts";

const ATTEMPT_MS = 10_000;
const SEEN_CHARACTERS = 400;

/** One line of what an attempt came to, as it is told from inside. */
export interface Told extends Seen {
  readonly id: string;
  readonly tookMs: number;
}

/** Makes each attempt, one after the other. Never throws. */
export async function* tryAll(attempts: readonly Attempt[], inside: Inside): AsyncGenerator<Told> {
  for (const attempt of attempts) {
    const begun = performance.now();
    const { verdict, seen } = await tryOne(attempt, inside);
    yield {
      id: attempt.id,
      verdict,
      seen: seen.slice(0, SEEN_CHARACTERS),
      tookMs: Math.round(performance.now() - begun),
    };
  }
}

async function tryOne(attempt: Attempt, inside: Inside): Promise<Seen> {
  const over = new AbortController();
  const late = sleep(ATTEMPT_MS, untried("it did not come to an end"), { signal: over.signal });
  late.catch(() => {});
  try {
    return await Promise.race([attempt.attempt(inside), late]);
  } catch (error) {
    return untried(`it failed: ${errorCode(error)}`);
  } finally {
    over.abort();
  }
}
