import type { Clock } from "@harness/core";

const BURST = 30;
const PER_SECOND = 1;

/** Allows thirty failures at once and one a second after that. A right secret is never counted, so nobody can lock another out. */
export function createFailureLimit(clock: Clock): { spend(): boolean } {
  let left = BURST;
  let seenMs = clock.monotonic();
  return {
    spend() {
      const nowMs = clock.monotonic();
      left = Math.min(BURST, left + ((nowMs - seenMs) / 1000) * PER_SECOND);
      seenMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
