import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { messagePath, systemCode, type Box, type RunPaths } from "@harness/core";

/** Which reports of one session were acted upon: one empty file for each in run/sessions/<id>/acted, so that it outlives this process. */
export interface Acted {
  has(id: string): boolean;
  add(id: string): void;
}

const PRUNE_ABOVE = 1000;

export function openActed(run: RunPaths, outbox: Box): Acted {
  const known = new Set(readMarkers(run.acted));
  let pruneAbove = PRUNE_ABOVE;
  const pruneAtTimes = () => {
    if (known.size <= pruneAbove) return;
    prune(known, run.acted, outbox);
    // Looked through again only when there are twice as many: a mark costs the same however many there are.
    pruneAbove = Math.max(PRUNE_ABOVE, 2 * known.size);
  };
  pruneAtTimes();
  return {
    has: (id) => known.has(id),
    add: (id) => {
      known.add(id);
      mark(run, id);
      pruneAtTimes();
    },
  };
}

function readMarkers(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

// Only the last two parts are made: a state root that vanished is not made again.
function mark(run: RunPaths, id: string): void {
  try {
    closeSync(openSync(join(run.acted, id), "wx", 0o600));
  } catch (error) {
    if (systemCode(error) === "EEXIST") return;
    if (systemCode(error) !== "ENOENT") throw error;
    for (const path of [run.directory, run.acted]) makeOne(path);
    closeSync(openSync(join(run.acted, id), "wx", 0o600));
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}

// The agent process removes old reports from its outbox; their marks go with them.
function prune(known: Set<string>, path: string, outbox: Box): void {
  for (const id of known) {
    if (lstatSync(messagePath(outbox, id), { throwIfNoEntry: false }) !== undefined) continue;
    unlinkSync(join(path, id));
    known.delete(id);
  }
}
