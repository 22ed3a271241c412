import type { Clock } from "../clock.ts";
import { type Watch, watchDirectory } from "./watch-directory.ts";

export interface Hints {
  /** Resolves after `ms`, sooner on a hint or when the signal aborts; true on a hint. */
  wait(ms: number): Promise<boolean>;
  /** True while a watcher is at work. */
  readonly watching: boolean;
  /** Tries to watch again after the watcher was lost. */
  rearm(): void;
  close(): void;
}

export interface HintOptions {
  clock: Clock;
  signal: AbortSignal;
  accepts?(name: string | null): boolean;
  watch?: Watch;
  onDegraded?(error: unknown): void;
}

/** Turns a watcher's events into shorter waits. A hint that comes while nobody waits shortens the next wait. */
export function createHints(path: string, options: HintOptions): Hints {
  const { clock, signal, watch = watchDirectory } = options;
  let hinted = false;
  let watching = false;
  let stop = () => {};
  let pause = new AbortController();
  const wake = () => pause.abort();
  signal.addEventListener("abort", wake);

  const arm = () => {
    watching = true;
    stop = watch(path, {
      hint: (name) => {
        if (options.accepts !== undefined && !options.accepts(name)) return;
        hinted = true;
        wake();
      },
      error: (error) => {
        watching = false;
        options.onDegraded?.(error);
      },
    });
  };
  arm();

  return {
    wait: async (ms) => {
      const due = clock.monotonic() + ms;
      if (pause.signal.aborted) pause = new AbortController();
      // A timer may fire a moment early; a wait that is promised to last `ms` does.
      for (let left = ms; left > 0 && !hinted && !signal.aborted; left = due - clock.monotonic()) {
        await clock.sleep(left, pause.signal);
      }
      const was = hinted;
      hinted = false;
      return was;
    },
    get watching() {
      return watching;
    },
    rearm: () => {
      if (!watching) arm();
    },
    close: () => {
      signal.removeEventListener("abort", wake);
      stop();
    },
  };
}
