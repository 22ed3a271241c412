import { closeSync, fstatSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import type { Event } from "../schema/event.ts";
import { createLineReader, type LineReader } from "./line-reader.ts";
import { LINE_LIMIT, openLog, parseLine, readJsonLines } from "./read-json-lines.ts";
import { createHints } from "./hints.ts";

export interface FollowOptions {
  /** The last event the caller has; from the oldest kept one when absent. */
  afterSeq?: number;
  signal: AbortSignal;
  clock?: Clock;
  /** Milliseconds between two looks; a watcher shortens the wait. */
  pollMs?: number;
}

/** Every event of a log as it is written, each once and in order, over rotations, until `signal` aborts. */
export async function* followJsonLines(path: string, options: FollowOptions): AsyncGenerator<Event> {
  const { signal, clock = systemClock, pollMs = 500 } = options;
  const hints = createHints(dirname(path), { clock, signal, accepts: (name) => name === basename(path) });
  let seq = options.afterSeq ?? 0;
  let open: { descriptor: number; ino: number; reader: LineReader } | null = null;
  const close = () => {
    if (open !== null) closeSync(open.descriptor);
    open = null;
  };

  try {
    while (!signal.aborted) {
      if (open === null || open.ino !== inodeOf(path)) {
        // Whatever was rotated away since the last look is read by its numbers.
        close();
        const descriptor = openLog(path);
        const past: Event[] = await readJsonLines(path, { afterSeq: seq });
        for (const event of past) {
          seq = event.seq;
          yield event;
        }
        if (descriptor !== null) {
          const reader = createLineReader(descriptor, { maxLineBytes: LINE_LIMIT });
          open = { descriptor, ino: fstatSync(descriptor).ino, reader };
        }
      }
      if (open !== null) {
        for (const line of open.reader.read()) {
          const event = parseLine(line);
          if (event === null || event.seq <= seq) continue;
          seq = event.seq;
          yield event;
        }
      }
      if (open === null || open.ino === inodeOf(path)) await hints.wait(pollMs);
    }
  } finally {
    close();
    hints.close();
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
