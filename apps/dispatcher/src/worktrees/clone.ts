import { randomBytes } from "node:crypto";
import { existsSync, rmdirSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError, syncDirectory, type Owner } from "@harness/core";
import { deleteTree } from "../trees.ts";
import { parseBranchName } from "./branch-name.ts";
import { fillWorktree } from "./fill-worktree.ts";
import type { GitContext } from "./git.ts";
import { ensureHub } from "./hub.ts";
import { makeDirectory, worktreePaths } from "./paths.ts";
import { dropRecord, findRecord, type WorktreeRecord, writeRecord } from "./record.ts";
import { release, reserve } from "./reserve.ts";
import { chooseStart, type Source } from "./source.ts";

export interface WorktreeInput {
  id: string;
  source: Source;
  branch: string;
  continue?: boolean | undefined;
  /** Chooses whose it is to be, once it is known which hub it borrows from; this process's unless given. */
  chooseOwner?: ((hub: string) => Promise<Owner | null>) | undefined;
}

/** A worktree that is being made has this name, beside its place. */
export const UNFINISHED = ".worktree-";

/**
 * Makes the session's worktree: a private clone that borrows the hub's objects, on a branch of its own, with no remote.
 * Asked again for the same session it answers with what is there. A failure leaves nothing behind.
 * Throws `branch-exists`, `branch-invalid`, `git-failed`, `storage-full`.
 */
export async function createWorktree(context: GitContext, input: WorktreeInput): Promise<WorktreeRecord> {
  const { id, source } = input;
  const { directory, worktree } = context.root.session(id);
  parseBranchName(input.branch);
  if (existsSync(worktree)) return readExisting(context, id);

  const start = chooseStart(source, input);
  const hub = await ensureHub(context, source, [...new Set([start.oid, source.base.oid])]);
  const owner = (await input.chooseOwner?.(hub)) ?? null;
  const record = describe(input, { hub, start: start.oid });
  const { directory: run } = worktreePaths(context.root, id);
  const madeDirectory = makeDirectory(directory);
  const madeRun = makeDirectory(run);
  const fresh = join(directory, `${UNFINISHED}${randomBytes(6).toString("hex")}`);
  try {
    await undoEarlier(context, id);
    await writeRecord(context.root, record);
    await reserve(context, record);
    await fillWorktree(context, { fresh, record, base: source.base, owner });
    await rename(fresh, worktree);
    await syncDirectory(directory);
    return record;
  } catch (error) {
    await deleteTree(fresh);
    await release(context, record);
    await dropRecord(context.root, id);
    if (madeRun) removeIfEmpty(run);
    if (madeDirectory) removeIfEmpty(directory);
    throw error;
  }
}

// An earlier attempt for the same session was killed on the way.
async function undoEarlier(context: GitContext, id: string): Promise<void> {
  const { directory } = context.root.session(id);
  for (const name of await readdir(directory)) {
    if (name.startsWith(UNFINISHED)) await deleteTree(join(directory, name));
  }
  const record = await findRecord(context, id);
  if (record !== null) await release(context, record);
}

async function readExisting(context: GitContext, id: string): Promise<WorktreeRecord> {
  const record = await findRecord(context, id);
  if (record !== null) return record;
  throw new HarnessError("session-damaged", `Session ${id} has a worktree that this dispatcher did not make.`);
}

function describe({ id, source, branch }: WorktreeInput, made: { hub: string; start: string }): WorktreeRecord {
  const { root, checkout, gitDirectory, objectFormat, identity, base } = source;
  const repository = { source: root, gitDirectory, checkout, objectFormat };
  return { v: 1, session: id, ...repository, branch, baseRef: base.ref, identity, ...made };
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Somebody has put something into it.
  }
}
