import type { Clock } from "../clock.ts";

const START = Date.UTC(2026, 0, 1);

export interface FakeClock extends Clock {
  /** Moves both clocks on and lets everybody who slept long enough go. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, as a person or a time server does. */
  jump(ms: number): void;
  /** How many sleep. */
  readonly sleepers: number;
}

/** A clock that stands still until the test moves it. */
export function fakeClock(startAt: number = START): FakeClock {
  let elapsed = 0;
  let offset = startAt;
  const sleeping = new Set<{ due: number; wake(): void }>();

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleeping.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { due: elapsed + ms, wake };
        sleeping.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
      }),
    advance: async (ms) => {
      elapsed += ms;
      for (const sleeper of sleeping) if (sleeper.due <= elapsed) sleeper.wake();
      // Those who were woken run before the test looks.
      await new Promise((resolve) => setImmediate(resolve));
    },
    jump: (ms) => {
      offset += ms;
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}
