import { existsSync } from "node:fs";
import { readdir, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import { isId } from "@harness/core";
import { deleteTree } from "../trees.ts";
import { UNFINISHED as UNFINISHED_WORKTREE } from "./clone.ts";
import { UNFINISHED as UNFINISHED_HUB } from "./create-hub.ts";
import type { GitContext } from "./git.ts";
import { UNFINISHED_RESTORE, worktreePaths } from "./paths.ts";
import { forgetWorktree } from "./remove.ts";
import { dropTemplates, hubOfTemplate } from "./templates.ts";

/**
 * Takes away what a killed dispatcher left half done: hubs and worktrees that were not finished, our own git directories,
 * locks in hubs, templates without a hub, and what hubs still hold for sessions that are gone. For the start of a
 * dispatcher, the only writer there.
 */
export async function tidyWorktrees(context: GitContext): Promise<void> {
  const { root } = context;
  await removePrefixed(root.hub, UNFINISHED_HUB);
  for (const name of await list(root.hub)) {
    const path = join(root.hub, name);
    if (name.endsWith(".git") && !(await isInUse(path))) await removeLocks(path, 0);
    const hub = hubOfTemplate(name);
    if (hub !== null && !existsSync(join(root.hub, hub))) await dropTemplates(join(root.hub, hub));
  }
  for (const id of await list(root.run.sessions)) await removePrefixed(join(root.run.sessions, id), "mirror-");
  await removePrefixed(root.run.path, UNFINISHED_RESTORE);
  for (const id of await list(root.sessions)) await removePrefixed(join(root.sessions, id), UNFINISHED_WORKTREE);
  await forgetRemoved(context);
}

async function forgetRemoved(context: GitContext): Promise<void> {
  const { root } = context;
  // Only what was removed on purpose is forgotten: a session that cannot be found may be back with the next mount.
  const left = [...(await list(root.trash)), ...(await list(root.archive)).filter(isId)];
  const removed = new Set(left.map((name) => name.split(".")[0] ?? ""));
  for (const id of (await list(root.run.sessions)).filter((name) => isId(name) && removed.has(name))) {
    const isGone = existsSync(worktreePaths(root, id).record) && !existsSync(root.session(id).directory);
    if (isGone) await forgetWorktree(context, { id }).catch(tellNobody);
  }
}

// git outlives a killed dispatcher and finishes what it does; its locks are its own until then.
async function isInUse(hub: string): Promise<boolean> {
  const pids = (await list("/proc")).filter((name) => /^\d+$/.test(name));
  const directories = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return directories.includes(hub);
}

const LOCK_DEPTH = 8;

async function removeLocks(directory: string, depth: number): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const isObjects = depth === 0 && entry.name === "objects";
    if (entry.isDirectory() && !isObjects && depth < LOCK_DEPTH) await removeLocks(path, depth + 1);
    if (entry.isFile() && entry.name.endsWith(".lock")) await rm(path, { force: true });
  }
}

// Not Node's own removal, which fails on a tree that is too deep for a path: a coding agent can make one.
async function removePrefixed(directory: string, prefix: string): Promise<void> {
  const paths = (await list(directory)).filter((name) => name.startsWith(prefix)).map((name) => join(directory, name));
  for (const path of paths) await deleteTree(path);
}

// What cannot be tidied now is tried again at the next start; it must not keep the dispatcher from starting.
function tellNobody(): void {}

async function list(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
