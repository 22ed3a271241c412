import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import {
  HarnessError,
  readJsonFileSync,
  systemCode,
  timestamp,
  WantedSchema,
  writeJsonFile,
  type Clock,
  type StateRoot,
  type Wanted,
} from "@harness/core";
import { createSerial } from "../serial.ts";
import { without } from "../without.ts";

/** What is wanted of each session: run/sessions/<id>/wanted.json. The dispatcher is its only writer. */
export interface WantedRecords {
  /** Null when nothing was ever wanted of it here. */
  get(id: string): Wanted | null;
  /** Contract: changes of one session follow each other, and each is durable when the promise resolves. */
  change(id: string, next: (wanted: Wanted) => Wanted): Promise<Wanted>;
  drop(id: string): void;
}

export function openWanted(root: StateRoot, clock: Clock): WantedRecords {
  const serial = createSerial();
  const known = new Map<string, Wanted | null>();

  const get = (id: string): Wanted | null => {
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    const stored = readJsonFileSync(root.runOf(id).wanted, WantedSchema);
    known.set(id, stored);
    return stored;
  };
  return {
    get,
    change: (id, next) =>
      serial(id, async () => {
        const wanted = { ...next(get(id) ?? freshWanted(id, clock)), updatedAt: timestamp(clock) };
        const { wanted: path } = root.runOf(id);
        makeDirectory(dirname(path));
        await writeJsonFile(path, wanted);
        known.set(id, wanted);
        return wanted;
      }),
    drop: (id) => {
      known.delete(id);
      rmSync(root.runOf(id).directory, { recursive: true, force: true });
    },
  };
}

export function freshWanted(id: string, clock: Clock): Wanted {
  return { v: 1, session: id, wanted: "run", generation: 0, restarts: [], updatedAt: timestamp(clock) };
}

// Only the last part is made: a state root that vanished is not made again.
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === "EEXIST") return;
    if (systemCode(error) === "ENOENT") {
      throw new HarnessError("storage-lost", "The state root is no longer where it was.", { cause: error });
    }
    throw error;
  }
}

/** Sticky: stays until a person resumes. */
export function wantStopped(wanted: Wanted): Wanted {
  if (wanted.wanted === "closed") return wanted;
  return { ...without(wanted, "queued", "backoffUntil"), wanted: "stopped" };
}

/** Failures so far are forgiven. */
export function wantRunning(wanted: Wanted): Wanted {
  return { ...without(wanted, "queued", "backoffUntil", "failed"), wanted: "run", restarts: [] };
}
