import { mkdirSync, renameSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseId, sessionPaths, syncDirectory, systemCode, type StateRoot } from "@harness/core";

/** Where sessions are made: on the same disk, and seen by nobody. */
const FOLDER = "creating";

/** The state root as it looks while `id` is made: its directory stands in the staging place. */
export function stagingRoot(root: StateRoot): StateRoot {
  const place = join(root.run.path, FOLDER);
  makeOne(place);
  return { ...root, session: (id) => sessionPaths(join(place, parseId(id, "session id"))) };
}

/** The finished directory appears in its place, whole. */
export async function publishStaged(root: StateRoot, id: string): Promise<void> {
  renameSync(stagingRoot(root).session(id).directory, root.session(id).directory);
  await syncDirectory(root.sessions);
}

export async function dropStaged(root: StateRoot, id: string): Promise<void> {
  await rm(stagingRoot(root).session(id).directory, { recursive: true, force: true });
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
