import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "@harness/core";
import { deleteTree } from "../trees.ts";
import { UNFINISHED } from "./create-hub.ts";
import type { GitContext } from "./git.ts";
import { createSubvolume, isBtrfs, takeSnapshotOf } from "./subvolume.ts";

export type Sharing = { works: true } | { works: false; why: string; isBtrfs: boolean };

interface Tried {
  readonly sharing: Promise<Sharing>;
  failedMs: number | null;
}

/** A disk that was full, or a btrfs program that was missing, is not so for good. */
const FAILURE_MS = 60_000;

const tried = new Map<string, Tried>();

/**
 * Whether a worktree can be a snapshot of what is kept beside the hubs. Tried once for a state root, then remembered; that
 * it does not work, for a minute.
 */
export function canSnapshot(context: GitContext, probe: string, monotonic = () => performance.now()): Promise<Sharing> {
  const { hub } = context.root;
  const known = tried.get(hub);
  if (known && (known.failedMs === null || monotonic() - known.failedMs < FAILURE_MS)) return known.sharing;
  const sharing = trySnapshot(context, probe);
  const fresh: Tried = { sharing, failedMs: null };
  tried.set(hub, fresh);
  void sharing.then(({ works }) => {
    if (!works) fresh.failedMs = monotonic();
  });
  return sharing;
}

/** Does it with one small file: the snapshot is at `probe` for a moment. Nothing is left behind. */
export async function trySnapshot(context: GitContext, probe: string): Promise<Sharing> {
  const { hub } = context.root;
  const no = (why: string): Sharing => ({ works: false, why, isBtrfs: true });
  if (!isBtrfs(hub)) return { works: false, why: "The state root is on no btrfs.", isBtrfs: false };
  const fresh = () => join(hub, `${UNFINISHED}${randomBytes(6).toString("hex")}`);
  const [made, kept] = [fresh(), fresh()];
  try {
    const problem =
      (await createSubvolume(context, made)) ??
      (await writeFile(join(made, "probe"), "probe").then(() => null)) ??
      (await takeSnapshotOf(context, { from: made, to: kept, readOnly: true })) ??
      (await takeSnapshotOf(context, { from: kept, to: probe }));
    if (problem !== null) return no(problem);
    return (await readFile(join(probe, "probe"), "utf8")) === "probe" ? { works: true } : no("A snapshot is empty.");
  } catch (error) {
    return no(systemCode(error) ?? String(error));
  } finally {
    for (const path of [made, kept, probe]) await deleteTree(path);
  }
}
