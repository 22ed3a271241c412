import { closeSync, constants, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { measureTree } from "./disk/measure-tree.ts";
import { mountsIn } from "./disk/mount-points.ts";
import { totalOf, WHOLE } from "./disk/places.ts";
import { mountOf } from "./disk/subvolume.ts";

// Nothing here follows a link on the way down, fails on a tree that is too deep for a path, leaves the file system, or goes
// into what is mounted: all of that can be met where a coding agent was at work, or a person.

const ONE_FILE_SYSTEM = process.platform === "darwin" ? "-x" : "--one-file-system";
const quiet = { reject: false, stdio: "ignore" } as const;
const known = { ...quiet, env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" } };

// A btrfs subvolume has a device number of its own, where all of these stop. It is told from what is mounted by its mount,
// may be closed to writing as a whole, and may hold others: then the script, which is a variable to it, begins anew.
const SUBVOLUME = `
exec 3<"$1" && grep -qx "mnt_id:[[:blank:]]*$2" /proc/self/fdinfo/3 || exit 1
exec 3<&-
btrfs property set -ts "$1" ro false
find -P "$1" -xdev -type d ! -perm -0700 -execdir chmod u+rwx {} ";"
find -P "$1" -mindepth 1 -xdev -type d -inum 256 -execdir sh -c 'eval "$SUBVOLUME"' sh {} "$2" ";"
rm -rf --one-file-system -- "$1"`;

/** Deletes whatever stands at `path`. False when something of it is left. */
export async function deleteTree(path: string): Promise<boolean> {
  const mounts = mountsIn(path);
  return mounts.length === 0 ? deleteWhole(path) : deleteAround(path, mounts);
}

/** All but what is mounted there, and the way to it. The tools stop at another file system, not at the same one once more. */
async function deleteAround(path: string, mounts: readonly string[]): Promise<boolean> {
  if (mounts.includes("")) return false;
  const split = mounts.map((each) => ({ name: each.split("/", 1)[0] ?? "", each }));
  for (const name of await readdir(path).catch(() => [])) {
    const below = split.filter((mount) => mount.name === name).map(({ each }) => each.slice(name.length + 1));
    if (below.length === 0) await deleteWhole(join(path, name));
    else await deleteAround(join(path, name), below);
  }
  return false;
}

async function deleteWhole(path: string): Promise<boolean> {
  if (await remove(path)) return true;
  // Folders may be closed even to their owner. One after the other: a folder has to be open before find goes into it.
  const open = ["-xdev", "-type", "d", "!", "-perm", "-0700", "-execdir", "chmod", "u+rwx", "{}", ";"];
  await execa("find", ["-P", path, ...open], known);
  if (await remove(path)) return true;
  const mount = mountAt(path);
  if (mount === null) return false;
  const environment = { env: { ...known.env, SUBVOLUME } };
  await execa("sh", ["-c", 'eval "$SUBVOLUME"', "sh", path, mount], { ...quiet, ...environment });
  return remove(path);
}

async function remove(path: string): Promise<boolean> {
  return (await execa("rm", ["-rf", ONE_FILE_SYSTEM, "--", path], quiet)).exitCode === 0;
}

function mountAt(path: string): string | null {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const mount = mountOf(descriptor);
    closeSync(descriptor);
    return mount;
  } catch {
    // It is no directory, or gone.
    return null;
  }
}

/** Bytes on the disk. What cannot be read counts for nothing. */
export async function measureTrees(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  const bounds = { entries: Infinity, walkMs: Infinity, pauseMs: 0 };
  for (const path of paths) bytes += totalOf((await measureTree(path, WHOLE, bounds)).sizes);
  return bytes;
}
