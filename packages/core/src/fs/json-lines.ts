import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeSync } from "node:fs";
import { type Clock, systemClock, timestamp } from "../clock.ts";
import { HarnessError, systemCode } from "../errors.ts";
import type { Event } from "../schema/event.ts";
import type { EventBody } from "../schema/event-body.ts";
import { encodeEvent } from "./cut-event.ts";
import { linkExclusive, unlinkIfPresent } from "./durable.ts";
import { readLines } from "./read-json-lines.ts";
import { rotatedPath, rotateFiles } from "./rotated-files.ts";

const APPEND = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const NEWLINE = 0x0a;

export interface JsonLinesOptions {
  /** Bytes after which a new file begins, 10 MiB unless given. */
  maxBytes?: number;
  /** Older files kept, 5 unless given. */
  keep?: number;
  /** Bytes of one line at most, 64 KiB unless given; longer texts are cut. */
  maxLineBytes?: number;
  clock?: Clock;
}

export interface JsonLinesWriter {
  /** Adds `v`, `seq` and `at`, and writes. A line that the disk does not take is counted in `dropped`, never thrown: logs decide nothing. */
  append(body: EventBody): Event;
  readonly dropped: number;
  close(): void;
}

/**
 * Opens an event log for its one writer. `seq` goes on where the last sound line ended; a torn last line is closed off.
 * Throws `session-damaged` where something else is in its place.
 */
export async function openJsonLines(path: string, options: JsonLinesOptions = {}): Promise<JsonLinesWriter> {
  const { maxBytes = 10 * 1024 * 1024, keep = 5, maxLineBytes = 64 * 1024, clock = systemClock } = options;
  let seq = lastSeq(path, keep);
  let descriptor = openPlain(path);
  let size = fstatSync(descriptor).size;
  let torn = endsTorn(descriptor, size);
  let dropped = 0;

  const write = (line: string) => {
    const wanted = size + Buffer.byteLength(line) + (torn ? 1 : 0);
    if (size > 0 && wanted > maxBytes) tryToRotate(wanted);
    const bytes = Buffer.from(torn ? `\n${line}` : line);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
      torn = false;
    } finally {
      if (written > 0 && written < bytes.length) torn = true;
      size += written;
    }
  };
  // Where no new file can be had, the lines go on in this one, within reason.
  const tryToRotate = (wanted: number) => {
    try {
      rotate();
    } catch (error) {
      if (systemCode(error) === undefined || wanted > 2 * maxBytes) throw error;
    }
  };
  const rotate = () => {
    const next = openNext(path, { descriptor, keep });
    closeSync(descriptor);
    descriptor = next;
    size = fstatSync(descriptor).size;
    torn = endsTorn(descriptor, size);
  };

  return {
    append: (body) => {
      const event: Event = { v: 1, seq: ++seq, at: timestamp(clock), ...body };
      try {
        write(encodeEvent(event, maxLineBytes));
      } catch (error) {
        if (systemCode(error) === undefined) throw error;
        dropped += 1;
      }
      return event;
    },
    get dropped() {
      return dropped;
    },
    close: () => closeSync(descriptor),
  };
}

/** The file to go on with under `path`. The older ones move only when it is there to take the place. */
function openNext(path: string, current: { descriptor: number; keep: number }): number {
  const fresh = `${path}.new`;
  unlinkIfPresent(fresh);
  const next = openSync(fresh, APPEND | constants.O_EXCL, 0o600);
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.ino === fstatSync(current.descriptor).ino) rotateFiles(path, current.keep);
    if (linkExclusive(fresh, path) === "created") return next;
  } catch (error) {
    closeSync(next);
    throw error;
  } finally {
    unlinkIfPresent(fresh);
  }
  // Somebody put another file there: it is not moved away, it goes on.
  closeSync(next);
  return openPlain(path);
}

function openPlain(path: string): number {
  const descriptor = openOrNull(path);
  if (descriptor !== null && fstatSync(descriptor).isFile()) return descriptor;
  // A pipe that nobody reads would hold up whoever writes.
  if (descriptor !== null) closeSync(descriptor);
  throw new HarnessError("session-damaged", `${path} is not a plain file.`, {
    hint: "Move it away; the next start makes a new one.",
  });
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, APPEND, 0o600);
  } catch (error) {
    if (["EISDIR", "ELOOP", "ENXIO"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

function lastSeq(path: string, keep: number): number {
  for (let generation = 0; generation <= keep; generation += 1) {
    let last = 0;
    for (const event of readLines(rotatedPath(path, generation))) last = event.seq;
    if (last > 0) return last;
  }
  return 0;
}

function endsTorn(descriptor: number, size: number): boolean {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}
