import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { systemCode, type Owner } from "@harness/core";
import type { Context } from "../../context.ts";
import { deleteTree } from "../../trees.ts";
import { giveTree } from "../../users/give-tree.ts";
import { readShallow, readTags, writeGitDirectory } from "../../worktrees/git-directory.ts";
import { type GitContext, runGit } from "../../worktrees/git.ts";
import type { WorktreeRecord } from "../../worktrees/record.ts";

export interface GateCheckout {
  readonly id: string;
  /** All of it: what a gate writes is below. */
  readonly directory: string;
  readonly tree: string;
  readonly home: string;
  readonly temporary: string;
  /** Whose all of it is; null for this process's user. */
  readonly owner: Owner | null;
}

const TIMEOUT_MS = 15 * 60_000;

/**
 * The files of a commit of the hub in a new directory that no session reaches, as a repository of ours that borrows the
 * hub's objects: no configuration, hook or filter of anybody. Submodules are empty, LFS files are their pointers.
 */
export async function makeCheckout(
  context: GitContext & Pick<Context, "users">,
  { hub, objectFormat }: Pick<WorktreeRecord, "hub" | "objectFormat">,
  commit: string,
): Promise<GateCheckout> {
  const { gates } = context.root.run;
  makeFolder(gates);
  const id = `gate-${randomBytes(8).toString("hex")}`;
  const directory = join(gates, id);
  try {
    return await fill(context, { id, directory, hub, objectFormat, commit });
  } catch (error) {
    // A full disk may be why.
    await removeCheckout(directory);
    throw error;
  }
}

interface NewCheckout extends Pick<WorktreeRecord, "hub" | "objectFormat"> {
  id: string;
  directory: string;
  commit: string;
}

async function fill(
  context: GitContext & Pick<Context, "users">,
  { id, directory, hub, objectFormat, commit }: NewCheckout,
): Promise<GateCheckout> {
  const [tree, home, temporary] = [join(directory, "tree"), join(directory, "home"), join(directory, "tmp")];
  for (const path of [directory, tree, home, temporary]) mkdirSync(path, { mode: 0o700 });
  const gitDirectory = join(tree, ".git");
  const refs = new Map([["refs/heads/gate", commit]]);
  const [tags, shallow] = [await readTags(hub), await readShallow(hub)];
  const borrow = join(hub, "objects");
  await writeGitDirectory(gitDirectory, { objectFormat, borrow, branch: "gate", refs, tags, shallow });
  const owner = await context.users.forSession(hub);
  if (owner !== null) await giveTree(directory, owner);
  const options = { cwd: tree, gitDirectory, worktree: tree, timeoutMs: TIMEOUT_MS, as: owner };
  await runGit(context, ["read-tree", "--reset", "-u", commit], options);
  return { id, directory, tree, home, temporary, owner };
}

/** Not Node's own removal: what a gate runs can make a tree that is too deep for a path, or folders that may not be read. */
export async function removeCheckout(directory: string): Promise<void> {
  await deleteTree(directory);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
