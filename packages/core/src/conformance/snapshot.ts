import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Everything below a directory: path to what it is. File times are left out; a rewrite shows in the inode. */
export function takeSnapshot(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (relative: string) => {
    for (const name of readdirSync(join(directory, relative))) {
      const inner = join(relative, name);
      const description = describe(join(directory, inner));
      found.set(inner, description);
      if (description === "directory") walk(inner);
    }
  };
  walk("");
  return found;
}

/** What differs between two snapshots, in words. `ignores` leaves out paths. */
export function compareSnapshots(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  ignores: (path: string) => boolean = () => false,
): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !ignores(path));
  return paths.toSorted().flatMap((path) => {
    if (!after.has(path)) return [`${path} is gone`];
    if (!before.has(path)) return [`${path} is new`];
    return before.get(path) === after.get(path) ? [] : [`${path} was changed`];
  });
}

function describe(path: string): string {
  const stats = lstatSync(path);
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  if (!stats.isFile()) return "special";
  return `${stats.ino} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}
