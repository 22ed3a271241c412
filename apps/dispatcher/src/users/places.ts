import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isId, type StateRoot } from "@harness/core";
import { listHubs } from "../worktrees/paths.ts";

/** Can be gone through by whoever knows what lies behind, and looked into by nobody else. */
const PASSAGE = 0o711;
const GROUP_AND_OTHERS = 0o077;
const OTHERS = 0o007;
/** Of run/: where sessions and credential workers find what is theirs. */
const PASSAGES = new Set(["sockets", "credentials", "creating", "gates"]);

/**
 * Lets other users through to what belongs to them, and closes the rest. Everything here is root's, and what is not named
 * keeps to itself whatever its own mode is. What a person has put or linked here is as open as they have it.
 */
export function openPlaces(root: StateRoot): void {
  const { path, run, sessions, hub, credentials } = root;
  for (const each of [run.sockets, run.workers, run.gates, join(run.path, "creating"), credentials])
    mkdirSync(each, { recursive: true, mode: PASSAGE });
  for (const each of [path, sessions, hub, credentials, run.path]) open(each);
  for (const name of list(run.path)) {
    if (PASSAGES.has(name)) open(join(run.path, name));
    else close(join(run.path, name), GROUP_AND_OTHERS);
  }
  for (const each of [root.config, root.jobs, root.workflows, root.archive, root.trash, root.demo])
    close(each, GROUP_AND_OTHERS);
  // Since hub/ and sessions/ can be gone through, each keeps its own door. The group of one is its repository's.
  const owned = isLink(hub) ? [] : listHubs(root);
  owned.push(...list(sessions).flatMap((name) => (isId(name) ? [join(sessions, name)] : [])));
  for (const each of owned) if (lstatSync(each).isDirectory()) close(each, OTHERS);
}

function open(path: string): void {
  if (!isLink(path)) chmodSync(path, PASSAGE);
}

function close(path: string, to: number): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined || facts.isSymbolicLink()) return;
  if ((facts.mode & to) !== 0) chmodSync(path, facts.mode & 0o7777 & ~to);
}

function list(path: string): string[] {
  return isLink(path) ? [] : readdirSync(path);
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}
