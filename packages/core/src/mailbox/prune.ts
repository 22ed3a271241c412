import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { LITTER_MS } from "../fs/prune-temporaries.ts";
import type { Box } from "../layout/session-directory.ts";
import { messageIdOf } from "../layout/message-file.ts";
import { listBox } from "./box-listing.ts";

/** Removes settled messages older than `olderThanMs` and the litter of dead publishers. Returns how many files went. */
export async function pruneInbox(box: Box, olderThanMs: number, clock: Clock): Promise<number> {
  const done = await pruneDirectory(box.done, { olderThanMs, clock });
  return done + (await pruneDirectory(box.tmp, { olderThanMs: LITTER_MS, clock }));
}

/** Removes reports older than `olderThanMs` and litter. Returns how many files went. */
export async function pruneOutbox(box: Box, olderThanMs: number, clock: Clock): Promise<number> {
  const accepts = (name: string) => messageIdOf(name) !== null;
  const reports = await pruneDirectory(box.path, { olderThanMs, clock, accepts });
  return reports + (await pruneDirectory(box.tmp, { olderThanMs: LITTER_MS, clock }));
}

interface PruneRule {
  olderThanMs: number;
  clock: Clock;
  accepts?(name: string): boolean;
}

async function pruneDirectory(path: string, { olderThanMs, clock, accepts }: PruneRule): Promise<number> {
  let count = 0;
  for await (const name of listBox(path)) {
    if (accepts !== undefined && !accepts(name)) continue;
    const file = join(path, name);
    // ctime: a sender sets mtime as it likes, and the move into this directory is what counts.
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory() || clock.now() - stats.ctimeMs <= olderThanMs) continue;
    rmSync(file, { force: true });
    count += 1;
  }
  return count;
}
