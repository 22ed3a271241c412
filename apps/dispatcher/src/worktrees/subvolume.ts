import { lstatSync, statfsSync } from "node:fs";
import { execa } from "execa";
import { deleteTree } from "../trees.ts";
import type { GitContext } from "./git.ts";
import { searchPath } from "./git-environment.ts";

const BTRFS = 0x9123683e;
const TIMEOUT_MS = 120_000;

export function isBtrfs(path: string): boolean {
  try {
    return process.platform === "linux" && statfsSync(path).type === BTRFS;
  } catch {
    // Whatever is wrong with it, it is told by whoever needs it.
    return false;
  }
}

/** Makes a directory that can be snapshotted. What went wrong in words; null when it is there. */
export async function createSubvolume(context: GitContext, path: string): Promise<string | null> {
  return make(context, path, ["create", path]);
}

/** Makes `to` with all that is in `from`, which is on the disk by then. What went wrong in words; null when it is there. */
export async function takeSnapshotOf(
  context: GitContext,
  { from, to, readOnly = false }: { from: string; to: string; readOnly?: boolean },
): Promise<string | null> {
  return make(context, to, ["snapshot", ...(readOnly ? ["-r"] : []), from, to]);
}

/** Makes it whole or not at all. */
async function make(context: GitContext, path: string, args: string[]): Promise<string | null> {
  // In a directory that is there btrfs would make another one, and what is there is not for us to take away.
  if (lstatSync(path, { throwIfNoEntry: false })) return "Something is there already.";
  const problem = await runBtrfs(context, ["subvolume", ...args]);
  // Who took too long may have made it all the same.
  if (problem !== null) await deleteTree(path);
  return problem;
}

async function runBtrfs({ environment }: GitContext, args: string[]): Promise<string | null> {
  const result = await execa("btrfs", args, {
    env: { LC_ALL: "C", PATH: `${searchPath(environment)}:/usr/sbin:/sbin` },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: TIMEOUT_MS,
    // Ctrl-C in the dispatcher's terminal does not stop it halfway.
    detached: true,
  });
  if (result.exitCode === 0) return null;
  if (result.code === "ENOENT") return "There is no btrfs program on PATH.";
  return result.stderr.trim().split("\n").at(-1) || (result.shortMessage ?? "btrfs failed.");
}
