/** Time as a parameter, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For timestamps only. */
  now(): number;
  /** Milliseconds that never run backwards. For every duration. */
  monotonic(): number;
  /** Resolves after `ms`, at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout fires after 1 ms when asked for more than this.
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMEOUT_MS));
      signal?.addEventListener("abort", done, { once: true });
    }),
};

/** `now` as an ISO UTC timestamp, the form of every `…At` field. */
export function timestamp(clock: Clock = systemClock): string {
  return new Date(clock.now()).toISOString();
}
