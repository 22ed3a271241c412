import { existsSync } from "node:fs";
import { readdir, stat, rm } from "node:fs/promises";
import { join } from "node:path";
import { deleteTree } from "../trees.ts";
import { type GitContext, runGit } from "../worktrees/git.ts";
import { takeTurn } from "../worktrees/hub.ts";
import { worktreePaths } from "../worktrees/paths.ts";
import type { KeptSalvage } from "./list.ts";

/** Lets go of what was kept. The record goes last: a run that is killed on the way is finished by the next. */
export async function dropSalvage(context: GitContext, kept: KeptSalvage): Promise<void> {
  const { session, hub, ref, commit, moved } = kept;
  const { patch, salvage } = worktreePaths(context.root, session);
  if (hub !== null && ref !== null && commit !== null && existsSync(hub)) {
    // Only as it was looked at: it may have gained meanwhile.
    await takeTurn(hub, () => runGit(context, ["update-ref", "-d", ref, commit], { gitDirectory: hub, accept: [1] }));
  }
  for (const path of moved) await deleteTree(path);
  await rm(patch, { force: true });
  await rm(salvage, { force: true });
}

const TIMEOUT_MS = 30 * 60_000;
/** Younger objects may belong to a session that is being made. */
const YOUNG = "1.hour.ago";

/**
 * Gives back the space of objects that nothing names any more. Only while no session borrows from the hub, and without
 * touching the packs it shares with the person's repository: a new pack in their place would be a second copy.
 */
export async function collectHub(context: GitContext, hub: string): Promise<"collected" | "in use"> {
  return takeTurn(hub, async () => {
    const { text } = await runGit(context, ["for-each-ref", "--count=1", "refs/harness/base/"], { gitDirectory: hub });
    if (text !== "") return "in use";
    const shared = await findSharedPacks(join(hub, "objects", "pack"));
    const keep = shared.map((name) => `--keep-pack=${name}`);
    const options = { gitDirectory: hub, timeoutMs: TIMEOUT_MS };
    await runGit(context, ["repack", "-A", "-d", "-q", `--unpack-unreachable=${YOUNG}`, ...keep], options);
    await runGit(context, ["prune", `--expire=${YOUNG}`], options);
    return "collected";
  });
}

async function findSharedPacks(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".pack"));
  const facts = await Promise.all(names.map((name) => stat(join(directory, name))));
  return names.filter((_, index) => (facts[index]?.nlink ?? 1) > 1);
}
