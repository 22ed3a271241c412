import type { Context } from "../context.ts";
import type { Roster } from "./roster.ts";
import type { Sightings } from "./sightings.ts";

export interface WatchTiming {
  /** Facts of files are looked at this often; what the feed tells comes sooner. */
  pollMs: number;
  /** A turn that ends writes several files. */
  settleMs: number;
  /** After a look at a repository the next one waits as long as this many of it would take, and at least `restMs`. */
  restFactor: number;
  restMs: number;
}

const TIMING: WatchTiming = { pollMs: 5000, settleMs: 1000, restFactor: 2, restMs: 1000 };
const AFTER_FAILURE_MS = 30_000;

export interface Watch {
  start(): void;
  close(): Promise<void>;
}

/** Looks at a repository by itself whenever a branch in it may have moved. While nothing moves, no process is started. */
export function watchRepositories(
  context: Context,
  { roster, sightings, timing }: { roster: Roster; sightings: Sightings; timing: Partial<WatchTiming> | undefined },
): Watch {
  const { clock, feed, log, supervisor } = context;
  const { pollMs, settleMs, restFactor, restMs } = { ...TIMING, ...timing };
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();
  const restsUntil = new Map<string, number>();
  let isPoked = false;
  let wake = (): void => undefined;
  let loop: Promise<void> | null = null;

  const unsubscribe = feed.subscribe((event) => {
    if (event.type === "session.changed") roster.note(event.session);
    else if (event.type === "session.removed") roster.drop(event.session);
    else return;
    isPoked = true;
    wake();
  });

  async function lookAt(hub: string): Promise<void> {
    const began = clock.monotonic();
    let failed = false;
    try {
      await sightings.look(hub, { uncommitted: false, retry: false });
    } catch (error) {
      log.warn("the radar could not look at a repository", { hub, error });
      roster.unsee(hub);
      failed = true;
    }
    const now = clock.monotonic();
    restsUntil.set(hub, now + Math.max(failed ? AFTER_FAILURE_MS : restMs, restFactor * (now - began)));
    running.delete(hub);
  }
  async function rest(ms: number): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    if (!isPoked) await clock.sleep(ms, AbortSignal.any([woken.signal, closing.signal]));
    if (isPoked) await clock.sleep(settleMs, closing.signal);
    isPoked = false;
  }
  async function watch(): Promise<void> {
    let pauseMs = pollMs;
    while (!closing.signal.aborted) {
      await rest(pauseMs);
      if (closing.signal.aborted || isLost()) continue;
      try {
        await roster.settle();
        pauseMs = lookAround();
      } catch (error) {
        log.warn("the radar could not see what changed", { error });
        pauseMs = AFTER_FAILURE_MS;
      }
    }
  }
  // Returns how long nothing can be due.
  function lookAround(): number {
    let pauseMs = pollMs;
    for (const hub of roster.changed()) {
      const leftMs = (restsUntil.get(hub) ?? 0) - clock.monotonic();
      if (running.has(hub)) pauseMs = Math.min(pauseMs, settleMs);
      else if (leftMs > 0) pauseMs = Math.min(pauseMs, leftMs);
      else running.set(hub, lookAt(hub));
    }
    return pauseMs;
  }
  function isLost(): boolean {
    try {
      supervisor.requireStorage();
      return false;
    } catch {
      // The supervisor tells it.
      return true;
    }
  }
  return {
    start: () => void (loop ??= watch()),
    close: async () => {
      unsubscribe();
      closing.abort();
      await loop;
      await Promise.all(running.values());
    },
  };
}
