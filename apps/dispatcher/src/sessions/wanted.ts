import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import {
  HarnessError,
  isHarnessError,
  isId,
  readJsonFile,
  setAsideDamaged,
  systemCode,
  timestamp,
  WantedSchema,
  writeJsonFile,
  type Clock,
  type Wanted,
} from "@harness/core";
import type { Context } from "../context.ts";
import type { Log } from "../log.ts";
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

/**
 * Reads all records there are; from then on only this process changes them. A damaged one is set aside: what it said can
 * be found again from the session. Throws `from-the-future`.
 */
export async function openWanted({
  root,
  clock,
  log,
}: Pick<Context, "root" | "clock" | "log">): Promise<WantedRecords> {
  const serial = createSerial();
  const known = new Map<string, Wanted>();
  for (const id of readdirSync(root.run.sessions).filter(isId)) {
    const stored = await readRecord(root.runOf(id).wanted, log);
    if (stored !== null) known.set(id, stored);
  }
  return {
    get: (id) => known.get(id) ?? null,
    change: (id, next) =>
      serial(id, async () => {
        const wanted = { ...next(known.get(id) ?? freshWanted(id, clock)), updatedAt: timestamp(clock) };
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

async function readRecord(path: string, log: Log): Promise<Wanted | null> {
  try {
    return (await readJsonFile(path, WantedSchema))?.value ?? null;
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "session-damaged") throw error;
    log.warn("what was wanted of a session cannot be read", { path, error, aside: await setAsideDamaged(path) });
    return null;
  }
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
