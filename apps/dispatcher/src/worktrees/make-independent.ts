import { constants, mkdirSync, unlinkSync } from "node:fs";
import { copyFile, open, rename } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { HarnessError, openDirectorySafe, type SafeDirectory, syncDirectory, systemCode } from "@harness/core";
import { findEveryTip } from "./every-tip.ts";
import type { GitContext } from "./git.ts";
import { type Mirror, withMirror } from "./mirror.ts";

const TIMEOUT_MS = 30 * 60_000;

/**
 * Gives the worktree of a session every object that anything in it names, as a pack of its own, and takes its tie to the
 * hub away: from then on it needs nothing outside. The pack is made in a git directory of ours. Done twice it is the same.
 * The session's processes must have ended. Throws `session-damaged` where the worktree lacks an object.
 */
export async function makeIndependent(context: GitContext, input: { id: string }): Promise<void> {
  await withMirror(context, input.id, async (mirror) => {
    const opened: SafeDirectory[] = [];
    try {
      const objects = await openObjects(mirror, opened);
      const tips = await findEveryTip(mirror, opened[1]!);
      const name = await packObjects(mirror, tips);
      const to = openOrMake(objects, "pack", opened);
      // The index last: it is what makes a pack be seen.
      for (const ending of ["pack", "idx"]) {
        await moveFile(join(mirror.gitDirectory, `own-${name}.${ending}`), join(to.path, `pack-${name}.${ending}`));
      }
      await syncDirectory(to.path);
      const info = objects.directory.open("info");
      if (info === null) return;
      opened.push(info);
      dropAlternates(pathOf(info, join(objects.path, "info")));
    } finally {
      for (const directory of opened.toReversed()) directory.close();
    }
  });
}

interface Place {
  directory: SafeDirectory;
  path: string;
}

async function openObjects({ worktree, record }: Mirror, opened: SafeDirectory[]): Promise<Place> {
  let directory = await openDirectorySafe(worktree);
  opened.push(directory);
  for (const name of [".git", "objects"]) {
    const below = directory.open(name);
    if (below === null)
      throw new HarnessError("session-damaged", `The worktree of session ${record.session} has no ${name} any more.`);
    opened.push(below);
    directory = below;
  }
  return { directory, path: pathOf(directory, join(worktree, ".git", "objects")) };
}

function openOrMake(parent: Place, name: string, opened: SafeDirectory[]): Place {
  let directory = parent.directory.open(name);
  if (directory === null) {
    mkdirSync(join(parent.path, name), { mode: 0o700 });
    directory = parent.directory.open(name);
  }
  if (directory === null) throw new HarnessError("session-damaged", `${name} vanished while it was filled.`);
  opened.push(directory);
  return { directory, path: pathOf(directory, join(parent.path, name)) };
}

async function packObjects(mirror: Mirror, tips: readonly string[]): Promise<string> {
  const args = ["pack-objects", "--revs", "--quiet", "--delta-base-offset", join(mirror.gitDirectory, "own")];
  const input = tips.map((oid) => `${oid}\n`).join("");
  const { text } = await mirror.git(args, { input, config: ["core.fsync=all"], timeoutMs: TIMEOUT_MS });
  return text.trim();
}

// A worktree can be a subvolume, into which nothing is renamed. git takes away what has such a name and is left over.
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    const beside = join(dirname(to), `tmp_pack_${randomBytes(6).toString("hex")}`);
    await copyFile(from, beside, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const file = await open(beside);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, to);
  }
}

function dropAlternates(info: string): void {
  try {
    unlinkSync(join(info, "alternates"));
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

// An open directory stays what it is. Without /proc (macOS, not tested) the path decides.
function pathOf({ descriptor }: SafeDirectory, path: string): string {
  return process.platform === "linux" ? `/proc/self/fd/${descriptor}` : path;
}
