import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { createHints } from "../fs/hints.ts";
import type { Watch } from "../fs/watch-directory.ts";
import { messageIdOf } from "../layout/message-file.ts";
import type { Box } from "../layout/session-directory.ts";

const REARM_EVERY = 15;

export interface WatchBoxOptions {
  signal: AbortSignal;
  /** Milliseconds between two scans, 2000 unless given. */
  scanMs?: number;
  clock?: Clock;
  /** Where hints come from, the system's watcher unless given. */
  watch?: Watch;
  /** Told once when hints are not to be had; scanning goes on. */
  onDegraded?(error: unknown): void;
  /** Told when they are to be had again. */
  onRestored?(): void;
}

/**
 * Says when to scan a box: at once, then at least every `scanMs`, sooner on a hint. Scanning is the truth; a lost watcher
 * costs time and never a message, and is tried again every so often.
 */
export async function* watchBox(box: Box, options: WatchBoxOptions): AsyncGenerator<"scan" | "hint"> {
  const { signal, scanMs = 2_000, clock = systemClock, watch } = options;
  let lost = false;
  const hints = createHints(box.path, {
    clock,
    signal,
    ...(watch === undefined ? {} : { watch }),
    accepts: (name) => name === null || isArrival(box, name),
    onDegraded: (error) => {
      if (!lost) options.onDegraded?.(error);
      lost = true;
    },
  });
  try {
    if (!signal.aborted) yield "scan";
    for (let scans = 1; !signal.aborted; scans += 1) {
      const hinted = await hints.wait(scanMs);
      if (signal.aborted) return;
      if (scans % REARM_EVERY === 0) hints.rearm();
      if (lost && hints.watching) {
        lost = false;
        options.onRestored?.();
      }
      yield hinted ? "hint" : "scan";
    }
  } finally {
    hints.close();
  }
}

// A name that is gone by now was our own claim.
function isArrival(box: Box, name: string): boolean {
  return messageIdOf(name) !== null && lstatSync(join(box.path, name), { throwIfNoEntry: false }) !== undefined;
}
