import { pruneTemporaries, type Clock, type Inbox, type Outbox } from "@harness/core";
import { bearing } from "./bear.ts";
import { collectYoung, isGrown, shrink } from "./stay-small.ts";

const SHRINK_AFTER_MS = 8_000;
/** During work memory is given back no more often than this, and only when it has grown. */
const SHRINK_EVERY_MS = 1_000;
/** Scans of a rest after which what they left is dropped: about 25 KiB each. */
const SCANS_A_COLLECTION = 8;
const PRUNE_EVERY_MS = 6 * 60 * 60 * 1000;
/** How long handled messages and reports are kept. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

export interface House {
  readonly clock: Clock;
  /** The session's. */
  readonly directory: string;
  readonly inbox: Pick<Inbox, "prune">;
  readonly outbox: Pick<Outbox, "prune">;
  isBusy(): boolean;
  /** Anything that is another value after work than before. */
  mark(): unknown;
  /** A failure of the system kept it from being done; told once. */
  onTrouble(error: unknown): void;
  onBroken(error: unknown): void;
}

/** Returns what is to be done at every scan: memory given back after work, old messages removed. */
export function keepHouse(house: House): () => void {
  const { clock, isBusy, mark } = house;
  const prune = bearing(() => pruneAll(house), house.onTrouble);
  let seen: unknown;
  let workedAt: number | null = null;
  let pruneAt = clock.monotonic();
  let restingScans = 0;
  let shrunkAt = clock.monotonic();

  return () => {
    const now = clock.monotonic();
    if (isBusy() || mark() !== seen) workedAt = now;
    seen = mark();
    if (workedAt !== null && now - workedAt < SHRINK_AFTER_MS) {
      if (now - shrunkAt >= SHRINK_EVERY_MS && isGrown()) {
        shrunkAt = now;
        shrink();
      }
      return;
    }
    const pruning = now >= pruneAt;
    if (pruning) {
      pruneAt = now + PRUNE_EVERY_MS;
      void prune().then(shrink).catch(house.onBroken);
    } else if (workedAt !== null) shrink();
    else if (++restingScans % SCANS_A_COLLECTION === 0) collectYoung();
    workedAt = null;
  };
}

async function pruneAll({ clock, directory, inbox, outbox }: House): Promise<void> {
  await inbox.prune(KEEP_MS);
  await outbox.prune(KEEP_MS);
  await pruneTemporaries(directory, clock);
}
