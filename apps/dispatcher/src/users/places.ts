import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { StateRoot } from "@harness/core";

/** Can be gone through by whoever knows what lies behind, and looked into by nobody else. */
const PASSAGE = 0o711;
/** Of run/: where sessions and credential workers find what is theirs. */
const PASSAGES = new Set(["sockets", "credentials", "creating", "gates"]);

/**
 * Lets other users through to what belongs to them, and closes the rest. Everything here is root's, and what is not named
 * keeps to itself whatever its own mode is.
 */
export function openPlaces(root: StateRoot): void {
  const { path, run, sessions, hub, credentials } = root;
  for (const each of [run.sockets, run.workers, run.gates, join(run.path, "creating"), credentials])
    mkdirSync(each, { recursive: true, mode: PASSAGE });
  for (const each of [path, sessions, hub, credentials, run.path]) chmodSync(each, PASSAGE);
  for (const name of readdirSync(run.path)) closeOrOpen(join(run.path, name), PASSAGES.has(name));
  for (const name of readdirSync(path)) {
    const each = join(path, name);
    if (![run.path, sessions, hub, credentials].includes(each)) closeOrOpen(each, false);
  }
}

function closeOrOpen(path: string, isPassage: boolean): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  // What a person has linked here from elsewhere is as open as they have it.
  if (facts === undefined || facts.isSymbolicLink()) return;
  if (isPassage) chmodSync(path, PASSAGE);
  else if ((facts.mode & 0o077) !== 0) chmodSync(path, facts.mode & 0o700);
}
