import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "@harness/core";
import { deleteTree } from "../trees.ts";
import { UNFINISHED } from "./create-hub.ts";
import type { GitContext } from "./git.ts";
import { createSubvolume, isBtrfs, takeSnapshotOf } from "./subvolume.ts";

export type Sharing = { works: true } | { works: false; why: string; isBtrfs: boolean };

const found = new Map<string, Promise<Sharing>>();

/** Whether a worktree can be a snapshot of what is kept beside the hubs. Tried once for a state root, then remembered. */
export function canSnapshot(context: GitContext, probe: string): Promise<Sharing> {
  const { hub } = context.root;
  const known = found.get(hub) ?? trySnapshot(context, probe);
  found.set(hub, known);
  return known;
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
