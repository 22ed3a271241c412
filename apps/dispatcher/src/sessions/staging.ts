import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { isId, parseId, sessionPaths, syncDirectory, systemCode, type StateRoot } from "@harness/core";
import type { Context } from "../context.ts";
import { forgetWorktree } from "../worktrees/remove.ts";
import { moveToTrash } from "./trash.ts";

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

/** Takes back what was made of a session so far: its directory, its worktree's branch, what was wanted of it. */
export async function clearStaged(context: Context, id: string): Promise<void> {
  await forgetWorktree(context, { id });
  // No coding agent was ever in it.
  await moveToTrash(context, stagingRoot(context.root).session(id).directory, { discard: true });
  context.ports.release(id);
  context.wanted.drop(id);
}

/** Clears away what a dispatcher that was killed left half made. */
export async function clearAllStaged(context: Context): Promise<void> {
  stagingRoot(context.root);
  for (const name of readdirSync(join(context.root.run.path, FOLDER))) {
    if (isId(name)) await clearStaged(context, name);
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
