import { closeSync, constants, fstatSync, lstatSync, openSync, opendirSync, type Stats } from "node:fs";
import { systemCode } from "@harness/core";
import { emptySizes, type Place, type Sizes } from "./places.ts";
import { isSubvolume, looksLikeSubvolume, mountOf } from "./subvolume.ts";

/** What stands in one tree. A coding agent may have made it as deep, wide and odd as it likes. */
export interface Measure {
  /** Bytes of the blocks that are taken, by the part that they belong to. */
  sizes: Sizes;
  entries: number;
  /** Something was left out, so that it is at least this much: the work was bounded, or a directory cannot be read. */
  atLeast: boolean;
}

export interface MeasureBounds {
  entries: number;
  /** Of the walk itself, without its pauses. */
  walkMs: number;
  /** How long it lets others work after each slice; 0 only lets those who wait. */
  pauseMs: number;
  signal?: AbortSignal;
}

/** How long the walk may keep the process from anything else. */
const SLICE_MS = 4;
const BLOCK = 512;

/** A directory can be reached through its descriptor here. Elsewhere by its path, and not deeper than a path may be. */
const OWN_WAY = process.platform === "linux";

const DIRECTORY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY | constants.O_NONBLOCK;

interface Level {
  ino: number;
  dev: number;
  path: string;
  place: Place;
  waiting: string[];
}

/**
 * Walks a tree without following a link or leaving its file system, whose subvolumes belong to it. Each inode counts once,
 * by the blocks it takes. One descriptor is open however deep it goes: the way back is `..`, believed only where it leads to
 * where the walk came from.
 */
export async function measureTree(directory: string, root: Place, bounds: MeasureBounds): Promise<Measure> {
  const measure: Measure = { sizes: emptySizes(), entries: 0, atLeast: false };
  const seen = new Set<string>();
  let start: Opened;
  try {
    start = openDirectory(directory);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { ...measure, atLeast: systemCode(error) !== "ENOENT" };
  }
  const mount = mountOf(start.descriptor);
  const pace = createPace(bounds);
  let { descriptor } = start;
  const level = ({ stats }: Opened, path: string, place: Place): Level => ({
    ino: stats.ino,
    dev: stats.dev,
    path,
    place,
    waiting: [],
  });
  const count = (stats: Stats, { part }: Place): void => {
    if (stats.nlink > 1 && !stats.isDirectory()) {
      const inode = `${stats.dev}:${stats.ino}`;
      if (seen.has(inode)) return;
      seen.add(inode);
    }
    measure.sizes[part] += stats.blocks * BLOCK;
  };

  // Notes the directories that are in it and counts all the rest. False when the walk is over.
  const list = async (at: Level): Promise<boolean> => {
    const here = opendirSync(through(descriptor, at.path, "."), { encoding: "latin1", bufferSize: 256 });
    try {
      for (let entry = here.readSync(); entry !== null; entry = here.readSync()) {
        if (measure.entries >= bounds.entries || !(await pace())) return false;
        measure.entries++;
        const stats = lookAt(through(descriptor, at.path, entry.name));
        if (stats === null || (stats.dev !== at.dev && !looksLikeSubvolume(stats))) continue;
        if (stats.isDirectory()) at.waiting.push(entry.name);
        else count(stats, placeOf(at.place, entry.name));
      }
      return true;
    } finally {
      here.closeSync();
    }
  };

  try {
    const first = level(start, OWN_WAY ? "" : Buffer.from(directory).toString("latin1"), root);
    const way = [first];
    count(start.stats, root);
    if (!(await list(first))) return { ...measure, atLeast: true };
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      if (!(await pace())) return { ...measure, atLeast: true };
      const name = at.waiting.pop();
      if (name === undefined) {
        way.pop();
        const above = way.at(-1);
        if (above === undefined) break;
        const up = openDirectory(through(descriptor, at.path, ".."));
        closeSync(descriptor);
        ({ descriptor } = up);
        if (up.stats.ino !== above.ino || up.stats.dev !== above.dev) return { ...measure, atLeast: true };
        continue;
      }
      const place = placeOf(at.place, name);
      const child = enter(through(descriptor, at.path, name));
      if (child === "gone") continue;
      if (child === "closed") {
        measure.atLeast = true;
        const stats = lookAt(through(descriptor, at.path, name));
        if (stats !== null) count(stats, place);
        continue;
      }
      if (child.stats.dev !== at.dev && !isSubvolume(child, mount)) {
        closeSync(child.descriptor);
        continue;
      }
      closeSync(descriptor);
      ({ descriptor } = child);
      count(child.stats, place);
      const next = level(child, OWN_WAY ? "" : `${at.path}/${name}`, place);
      way.push(next);
      if (!(await list(next))) return { ...measure, atLeast: true };
    }
    return measure;
  } catch (error) {
    // What is walked may be changed, moved and removed meanwhile.
    if (systemCode(error) === undefined) throw error;
    return { ...measure, atLeast: true };
  } finally {
    closeSync(descriptor);
  }
}

function placeOf(place: Place, name: string): Place {
  const { inside } = place;
  return (inside !== undefined && Object.hasOwn(inside, name) ? inside[name] : undefined) ?? { part: place.part };
}

interface Opened {
  descriptor: number;
  stats: Stats;
}

function openDirectory(path: string | Buffer): Opened {
  const descriptor = openSync(path, DIRECTORY);
  return { descriptor, stats: fstatSync(descriptor) };
}

// A directory that went away, or became something else, is no longer of interest; one that may not be read is.
function enter(path: string | Buffer): Opened | "gone" | "closed" {
  try {
    return openDirectory(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return ["ENOENT", "ENOTDIR", "ELOOP"].includes(code) ? "gone" : "closed";
  }
}

function lookAt(path: string | Buffer): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}

// Through the descriptor no part of the way can be exchanged, and no path grows too long. Names have any bytes: latin1.
function through(descriptor: number, path: string, name: string): Buffer {
  const way = OWN_WAY ? `/proc/self/fd/${descriptor}` : path;
  return Buffer.from(`${way}/${name}`, "latin1");
}

// Answers false when the walk has worked long enough.
function createPace({ walkMs, pauseMs, signal }: MeasureBounds): () => true | Promise<boolean> {
  let beganMs = performance.now();
  let walkedMs = 0;
  const rest = async (sliceMs: number): Promise<boolean> => {
    walkedMs += sliceMs;
    if (walkedMs >= walkMs || signal?.aborted) return false;
    await new Promise<void>((resolve) => (pauseMs === 0 ? setImmediate(resolve) : setTimeout(resolve, pauseMs)));
    beganMs = performance.now();
    return !signal?.aborted;
  };
  return () => {
    const sliceMs = performance.now() - beganMs;
    return sliceMs < SLICE_MS ? true : rest(sliceMs);
  };
}
