import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { giveTree } from "./give-tree.ts";

const ROOT = 0;
const CLOSED = 0o700;
/** The worker makes files of its own there, and takes away none of root's. */
const SHARED = 0o1770;
/** What is made there is readable by its group: the worker. */
const READ = 0o2750;
const FILE = 0o640;
/** What it is told there, by files of root's. */
const TOLD = ["grants", "verdicts"];
const KEPT = new Set([...TOLD, "worker.json", "worker.log"]);

/** Makes the place of a credential worker one that it can work in: the directory is root's, its group the worker's own. */
export async function openWorkerPlace(place: string, chooseGroup: () => Promise<number>): Promise<number> {
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const gid = await chooseGroup();
  for (const name of TOLD) mkdirSync(join(place, name), { recursive: true, mode: 0o700 });
  const facts = statSync(place);
  if (facts.gid === gid && (facts.mode & 0o7777) === SHARED) return gid;
  for (const directory of TOLD.map((name) => join(place, name))) {
    chownSync(directory, 0, gid);
    chmodSync(directory, READ);
    for (const name of readdirSync(directory)) {
      chownSync(join(directory, name), 0, gid);
      chmodSync(join(directory, name), FILE);
    }
  }
  for (const name of readdirSync(place)) if (!KEPT.has(name)) await giveTree(join(place, name), { uid: gid, gid });
  chownSync(place, 0, gid);
  chmodSync(place, SHARED);
  return gid;
}

/**
 * Takes the place back for a worker that runs as root: what that one makes there is root's, and is given again when there
 * is a user of its own once more.
 */
export function closeWorkerPlace(place: string): void {
  if (process.geteuid?.() !== ROOT || !existsSync(place)) return;
  chownSync(place, ROOT, ROOT);
  chmodSync(place, CLOSED);
}
