import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as z from "zod/mini";
import { systemCode } from "../errors.ts";
import { type Event, EventSchema } from "../schema/event.ts";
import { createLineReader } from "./line-reader.ts";
import { rotatedPath } from "./rotated-files.ts";

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Longer lines are not ours. */
export const LINE_LIMIT = 1024 * 1024;
const GENERATIONS = 100;
const YIELD_EVERY = 2_000;

/**
 * Events of a log over its rotated files, oldest first. `afterSeq` leaves out what the caller has; then `limit` keeps the
 * oldest so many, `tail` the newest. Damaged and torn lines are left out.
 */
export async function readJsonLines(
  path: string,
  options: { afterSeq?: number; limit?: number; tail?: number } = {},
): Promise<Event[]> {
  const { afterSeq = 0, limit = Infinity, tail } = options;
  const files: Event[][] = [];
  let found = 0;
  let oldest = Infinity;
  for (let generation = 0; generation < GENERATIONS; generation += 1) {
    const file = rotatedPath(path, generation);
    if (generation > 0 && !isPresent(file)) break;
    // What was read under one name stands under the next when the log rotates meanwhile.
    const events = (await collect(file, afterSeq)).filter(({ seq }) => seq < oldest);
    oldest = events[0]?.seq ?? oldest;
    files.unshift(events);
    found += events.length;
    if ((tail !== undefined && found >= tail) || firstSeq(file) <= afterSeq + 1) break;
  }
  const events = files.flat().slice(0, limit);
  return tail === undefined ? events : events.slice(-tail || events.length);
}

/** The sound lines of one file; none when it is absent. */
export function* readLines(path: string): Generator<Event> {
  const descriptor = openLog(path);
  if (descriptor === null) return;
  try {
    for (const line of createLineReader(descriptor, { maxLineBytes: LINE_LIMIT }).read()) {
      const event = parseLine(line);
      if (event !== null) yield event;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Null for a line that is not an event: torn, damaged, or somebody else's. */
export function parseLine(line: string): Event | null {
  try {
    return z.parse(EventSchema, JSON.parse(line));
  } catch {
    return null;
  }
}

/** Null when absent or no plain file, and where the folder it is in is a link: that could lead into another session. */
export function openLog(path: string): number | null {
  try {
    return openIn(dirname(path), basename(path));
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

function openIn(folder: string, name: string): number | null {
  const held = openSync(folder, FOLDER);
  try {
    // Without /proc (macOS, not tested) the path decides.
    const at = process.platform === "linux" ? `/proc/self/fd/${held}` : folder;
    const descriptor = openSync(join(at, name), READ);
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
    return null;
  } finally {
    closeSync(held);
  }
}

async function collect(path: string, afterSeq: number): Promise<Event[]> {
  const events: Event[] = [];
  let count = 0;
  for (const event of readLines(path)) {
    if (event.seq > afterSeq) events.push(event);
    count += 1;
    if (count % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return events;
}

function firstSeq(path: string): number {
  for (const event of readLines(path)) return event.seq;
  return Infinity;
}

function isPresent(path: string): boolean {
  const descriptor = openLog(path);
  if (descriptor === null) return false;
  closeSync(descriptor);
  return true;
}
