import type { Clock, Inbox, Outbox } from "@harness/core";
import { shrink } from "./stay-small.ts";

const SHRINK_AFTER_MS = 8_000;
const PRUNE_EVERY_MS = 6 * 60 * 60 * 1000;
/** How long handled messages and reports are kept. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

export interface House {
  readonly clock: Clock;
  readonly inbox: Pick<Inbox, "prune">;
  readonly outbox: Pick<Outbox, "prune">;
  isBusy(): boolean;
  /** Anything that is another value after work than before. */
  mark(): unknown;
  onBroken(error: unknown): void;
}

/** Returns what is to be done at every scan: memory given back after work, old messages removed. */
export function keepHouse({ clock, inbox, outbox, isBusy, mark, onBroken }: House): () => void {
  let seen: unknown;
  let workedAt: number | null = null;
  let pruneAt = clock.monotonic() + PRUNE_EVERY_MS;

  return () => {
    const now = clock.monotonic();
    if (isBusy() || mark() !== seen) workedAt = now;
    seen = mark();
    if (workedAt === null || now - workedAt < SHRINK_AFTER_MS) return;
    workedAt = null;
    if (now >= pruneAt) {
      pruneAt = now + PRUNE_EVERY_MS;
      Promise.all([inbox.prune(KEEP_MS), outbox.prune(KEEP_MS)]).catch(onBroken);
    }
    shrink();
  };
}
