import { randomUUID } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { createFileDurable, HarnessError, systemCode, timestamp, type Clock, type StateRoot } from "@harness/core";

export interface Storage {
  /** Why the state root cannot be trusted now; null when all is well. */
  problem(): string | null;
}

/** Makes what a state root needs, and remembers which one it is: an empty mount point is not an empty state root. */
export async function openStorage(root: StateRoot, clock: Clock): Promise<Storage> {
  for (const path of [root.sessions, root.hub, root.trash, root.run.sessions])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  const { sentinel } = root.run;
  await createFileDurable(sentinel, `${JSON.stringify({ v: 1, id: randomUUID(), createdAt: timestamp(clock) })}\n`);
  const own = statSync(sentinel);
  return {
    problem: () => {
      try {
        const now = statSync(sentinel, { throwIfNoEntry: false });
        if (!now) return `${root.path} is gone.`;
        return now.ino === own.ino && now.dev === own.dev ? null : `Something else stands at ${root.path}.`;
      } catch (error) {
        return `${root.path} cannot be read (${systemCode(error) ?? String(error)}).`;
      }
    },
  };
}

export function storageLost(problem: string): HarnessError {
  return new HarnessError("storage-lost", problem);
}
