import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createSerial } from "../serial.ts";
import { deleteTree } from "../trees.ts";
import { UNFINISHED } from "./create-hub.ts";
import type { GitContext } from "./git.ts";
import { takeSnapshotOf } from "./subvolume.ts";

// A template is the worktree of one commit as it was when it was new, kept beside the hub as a read-only snapshot.
// Sessions of the same commit begin as snapshots of it: docs/decisions/0021-worktrees-by-snapshot.md.

const KEPT = 2;

// Of one hub: a template is not taken while it is on its way out.
const inTurn = createSerial();

export interface Wanted {
  hub: string;
  commit: string;
  /** The worktree that is made. */
  fresh: string;
}

/** The name of a template in `hub/`, beside the hub's own. */
export function templateName(hub: string, commit: string): string {
  return `${hub.replace(/\.git$/, "")}.worktree-${commit}`;
}

/** The name of the hub that a name in `hub/` is a template of; null when it is none. */
export function hubOfTemplate(name: string): string | null {
  const [, hub] = /^(.+)\.worktree-(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(name) ?? [];
  return hub === undefined ? null : `${hub}.git`;
}

/** False where there is no template, or none can be taken; then nothing is at `fresh`. */
export async function takeTemplate(context: GitContext, { hub, commit, fresh }: Wanted): Promise<boolean> {
  const template = templateName(hub, commit);
  return inTurn(hub, async () => {
    if (!existsSync(template)) return false;
    return (await takeSnapshotOf(context, { from: template, to: fresh })) === null;
  });
}

/** Keeps a worktree that nobody has worked in yet, and lets go of the oldest templates of its hub. */
export async function keepTemplate(context: GitContext, { hub, commit, fresh }: Wanted): Promise<void> {
  // Where the disk has no room for one, the next session is checked out as this one was.
  await takeSnapshotOf(context, { from: fresh, to: templateName(hub, commit), readOnly: true });
  // Thousands of files each, which nobody waits for; what a kill leaves of them is tidied away.
  void dropTemplates(hub, KEPT).catch(() => {});
}

/** Takes away the templates of a hub, but for the newest few. */
export async function dropTemplates(hub: string, kept = 0): Promise<void> {
  const directory = dirname(hub);
  if (!existsSync(directory)) return;
  const aside: string[] = [];
  await inTurn(hub, async () => {
    const names = (await readdir(directory)).filter((name) => hubOfTemplate(name) === basename(hub));
    const paths = names.map((name) => join(directory, name));
    const found = await Promise.all(paths.map(async (path) => ({ path, madeMs: (await stat(path)).ctimeMs })));
    for (const path of chooseOld(found, kept)) {
      const to = join(directory, `${UNFINISHED}${randomBytes(6).toString("hex")}`);
      await rename(path, to);
      aside.push(to);
    }
  });
  for (const path of aside) await deleteTree(path);
}

export function chooseOld(templates: readonly { path: string; madeMs: number }[], kept: number): string[] {
  const newest = templates.toSorted((a, b) => b.madeMs - a.madeMs || (a.path < b.path ? -1 : 1));
  return newest.slice(kept).map(({ path }) => path);
}
