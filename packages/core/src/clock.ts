/** Time as a parameter, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For timestamps only. */
  now(): number;
  /** Milliseconds that never run backwards. For every duration. */
  monotonic(): number;
  /** Resolves after `ms`, at once when that is over already or `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout fires after 1 ms when asked for more than this.
const LONGEST_TIMEOUT_MS = 2_147_483_647;

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** What `performance.now` counts by. To ask that would load all of `node:perf_hooks` into every agent process. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMs,
  sleep: async (ms, signal) => {
    // What was due while others had the processor. Node warns of a negative time on the standard error stream.
    let left = Math.max(0, ms);
    do {
      await pause(Math.min(left, LONGEST_TIMEOUT_MS), signal);
      left -= LONGEST_TIMEOUT_MS;
    } while (left > 0 && signal?.aborted !== true);
  },
};

/** The time of a file as a timestamp. Whoever owns a file sets its time as he likes: beyond 1970 and `now` it means nothing. */
export function fileTimestamp(modifiedMs: number, now: number): string {
  return new Date(Math.min(Math.max(modifiedMs, 0), now)).toISOString();
}

/** `now` as an ISO UTC timestamp, the form of every `…At` field. */
export function timestamp(clock: Clock = systemClock): string {
  return new Date(clock.now()).toISOString();
}
