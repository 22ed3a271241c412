import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, statSync, type Stats } from "node:fs";
import { createFileDurable, HarnessError, systemCode, timestamp, type Clock, type StateRoot } from "@harness/core";

export interface Storage {
  /** Why the state root cannot be trusted now; null when all is well. */
  problem(): string | null;
}

/**
 * Makes what a state root needs, and remembers which one it is: an empty mount point is not an empty state root.
 * Throws `storage-lost` where a root that was in use has no sessions folder any more; nothing is made in its place.
 */
export async function openStorage(root: StateRoot, clock: Clock): Promise<Storage> {
  if (existsSync(root.run.sentinel) && !existsSync(root.sessions)) throw storageLost(`${root.sessions} is gone.`);
  for (const path of [root.sessions, root.hub, root.trash, root.run.sessions])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  const { sentinel } = root.run;
  await createFileDurable(sentinel, `${JSON.stringify({ v: 1, id: randomUUID(), createdAt: timestamp(clock) })}\n`);
  const guarded = [sentinel, root.sessions].map((path) => ({ path, own: statSync(path) }));
  return {
    problem: () => {
      try {
        for (const { path, own } of guarded) {
          const now = statSync(path, { throwIfNoEntry: false });
          if (!now) return `${path === sentinel ? root.path : path} is gone.`;
          if (!isSame(now, own)) return `Something else stands at ${path === sentinel ? root.path : path}.`;
        }
        return null;
      } catch (error) {
        return `${root.path} cannot be read (${systemCode(error) ?? String(error)}).`;
      }
    },
  };
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

export function storageLost(problem: string): HarnessError {
  return new HarnessError("storage-lost", problem);
}
