import { copyFile, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { systemCode } from "@harness/core";
import { latestChange } from "./latest-change.ts";
import type { WorktreePaths } from "./paths.ts";

// An index tells changed files by size and time, in whole seconds. A file that has the same second as the index is read
// whole, because it may have been changed within that second: so a copy keeps the time of the original, and an index is
// settled once it was written in a later second than every file it names.

/** Keeps the index of a worktree that is new. */
export async function keepFreshIndex(from: string, paths: WorktreePaths): Promise<void> {
  await copyWithTime(from, paths.freshIndex);
}

/**
 * Settles an index that names files of an earlier second and was only copied since: nothing that is written from now on has
 * the time of a file it names. Otherwise `git add` would take each of them for changed, and write it into the session.
 */
export async function settleCopied(index: string, nowMs: number): Promise<void> {
  const { atime, mtimeMs } = await stat(index);
  const later = Math.floor(mtimeMs / 1000) + 1;
  if (nowMs >= (later + 1) * 1000) await utimes(index, atime, later);
}

/** Copies the index that was kept. False when there is none; then every file is read once. */
export async function loadIndex(paths: WorktreePaths, to: string): Promise<"settled" | "fresh" | "none"> {
  if (await copyWithTime(paths.settledIndex, to)) return "settled";
  return (await copyWithTime(paths.freshIndex, to)) ? "fresh" : "none";
}

/** The second that files which are written from now on have, by the clock of the kernel that gives them their times. */
export async function secondOf(justWritten: string): Promise<number> {
  return Math.floor((await stat(justWritten)).ctimeMs / 1000);
}

/**
 * Keeps an index that was compared with the files from the second `began` on, if that was later than each of them was changed:
 * one that was changed in that very second may be so again, and keep its size and its times.
 */
export async function keepSettledIndex(
  from: string,
  paths: WorktreePaths,
  { began, format }: { began: number; format: "sha1" | "sha256" },
): Promise<void> {
  const fresh = await stat(paths.freshIndex).catch(() => null);
  const own = await stat(from);
  if (fresh === null || Math.floor(own.mtimeMs / 1000) <= Math.floor(fresh.mtimeMs / 1000)) return;
  const changed = latestChange(await readFile(from), format);
  if (changed === null || changed >= began) return;
  const beside = `${paths.settledIndex}.${process.pid}.${own.ino}`;
  await copyWithTime(from, beside);
  await rename(beside, paths.settledIndex);
  await rm(paths.freshIndex, { force: true });
}

/**
 * Makes git read each file that has the size and the time of the one it knows: a clock that was set back can give a changed
 * file both. No file seems older than such an index, so that every one may have been changed since.
 */
export async function distrustTimes(index: string): Promise<void> {
  await utimes(index, 1, 1);
}

async function copyWithTime(from: string, to: string): Promise<boolean> {
  try {
    const { atimeMs, mtimeMs } = await stat(from);
    await copyFile(from, to);
    // Rounded down: a file that seems younger than the index is only read once more.
    await utimes(to, Math.floor(atimeMs / 1000), Math.floor(mtimeMs / 1000));
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
