import type { Clock } from "@harness/core";
import type { StatusChange } from "../status.ts";
import type { CallListener } from "./model-calls.ts";
import { statusOf } from "./judge-call.ts";

/** How long a limit is taken to last where the endpoint does not say. */
const UNTOLD_MS = 60_000;

/**
 * Keeps `rateLimitedUntil` of the status: a 429 sets it, the next good call takes it away, and so does its time.
 * It means: nobody has to do anything, and nothing goes faster by sending more. `until` is what the status says already.
 */
export function noteRateLimits(
  { clock, until }: { clock: Clock; until: string | undefined },
  change: (change: StatusChange) => void,
): CallListener {
  let waiting: AbortController | null = null;
  if (until !== undefined) wait(Date.parse(until) - clock.now());

  function wait(forMs: number): void {
    waiting?.abort();
    const mine = new AbortController();
    waiting = mine;
    void clock.sleep(forMs, mine.signal).then(() => mine.signal.aborted || clear());
  }

  function clear(): void {
    waiting?.abort();
    waiting = null;
    change({ type: "limit.changed", until: undefined });
  }
  return (line) => {
    if (line.type !== "end") return;
    if (line.outcome === "ok" && waiting) clear();
    if (line.outcome !== "refused" || statusOf(line) !== 429) return;
    const forMs = line.retryAfterMs ?? UNTOLD_MS;
    change({ type: "limit.changed", until: new Date(clock.now() + forMs).toISOString() });
    wait(forMs);
  };
}
