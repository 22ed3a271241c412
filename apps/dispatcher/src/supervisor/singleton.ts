import { rmSync } from "node:fs";
import {
  acquireLock,
  HarnessError,
  identifyProcess,
  isSameProcess,
  ProcessIdentitySchema,
  readJsonFileSync,
  writeJsonFile,
  type Clock,
  type Lock,
  type StateRoot,
} from "@harness/core";
import { z } from "zod";
import { makeRoot } from "./make-root.ts";

/** run/dispatcher.json: where the running dispatcher is found. The lock beside it, not this file, says that it runs. */
export const DispatcherRecordSchema = z.object({
  v: z.literal(1),
  ...ProcessIdentitySchema.shape,
  port: z.number(),
  url: z.string(),
  startedAt: z.string(),
});
export type DispatcherRecord = z.infer<typeof DispatcherRecordSchema>;

export interface Singleton {
  announce(place: { port: number; url: string; startedAt: string }): Promise<void>;
  release(): void;
}

const ANSWER_MS = 700;
const LOOK_MS = 50;

/** One dispatcher per state root. The kernel decides, so that a frozen holder stays the holder. Throws `dispatcher-running`. */
export async function becomeOnly(root: StateRoot, clock: Clock): Promise<Singleton> {
  makeRoot(root);
  const lock = await acquireLock(root.run.lock);
  if (lock === null) throw await describeHolder(root, clock);
  rmSync(root.run.dispatcher, { force: true });
  return hold(root, lock);
}

function hold(root: StateRoot, lock: Lock): Singleton {
  return {
    announce: async (place) => {
      await writeJsonFile(root.run.dispatcher, { v: 1, ...identifyProcess(), ...place });
    },
    release: () => {
      rmSync(root.run.dispatcher, { force: true });
      lock.release();
    },
  };
}

/** The dispatcher that runs on this root, as far as it has told where; null otherwise. */
export function readDispatcher(root: StateRoot): DispatcherRecord | null {
  const record = readJsonFileSync(root.run.dispatcher, DispatcherRecordSchema);
  return record !== null && isSameProcess(record) ? record : null;
}

async function describeHolder(root: StateRoot, clock: Clock): Promise<HarnessError> {
  // It may have taken the lock a moment ago and not listen yet.
  const until = clock.monotonic() + ANSWER_MS;
  let record = readDispatcher(root);
  while (record === null && clock.monotonic() < until) {
    await clock.sleep(LOOK_MS);
    record = readDispatcher(root);
  }
  if (record === null) {
    return new HarnessError("dispatcher-running", `Another dispatcher has just started on ${root.path}.`, {
      details: { root: root.path },
    });
  }
  const { pid, url, port, startedAt } = record;
  return new HarnessError("dispatcher-running", `A dispatcher runs on ${root.path} already: ${url} (pid ${pid}).`, {
    details: { root: root.path, pid, url, port, startedAt },
  });
}
