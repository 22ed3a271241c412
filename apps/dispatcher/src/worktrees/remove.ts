import { existsSync, lstatSync, readdirSync } from "node:fs";
import { realpath, rename } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { HarnessError, isHarnessError, syncDirectory, systemCode } from "@harness/core";
import { escapeLine } from "./escape.ts";
import type { GitContext } from "./git.ts";
import { describeIgnored } from "./ignored.ts";
import { makeIndependent } from "./make-independent.ts";
import { makeDirectory, worktreePaths } from "./paths.ts";
import { dropRecord, findRecord } from "./record.ts";
import { noteSalvage } from "./note-salvage.ts";
import { release } from "./reserve.ts";
import { salvage } from "./salvage.ts";
import type { Reason } from "./salvage-record.ts";

export interface KeepInput {
  id: string;
  reason?: Reason;
  /** Told what a person should know of what is not kept. */
  tell?: ((note: string) => void) | undefined;
  /** Told after each step that a crash may follow. For tests. */
  onStep?: ((step: "committed" | "moved") => void) | undefined;
}

/**
 * Before a session's directory goes: keeps what nobody else has. Commits and files go into the hub, repositories inside
 * the worktree and the work of a session without a branch go into `archive/`. Returns what is kept where, a sentence each.
 * Throws `salvage-failed`; then nothing may be removed. The session's processes must have ended.
 */
export async function keepWork(context: GitContext, input: KeepInput): Promise<string[]> {
  const { id, reason = "removed" } = input;
  const saved = await salvage(context, { id, reason });
  input.onStep?.("committed");
  const moved = await moveRest(context, id, saved.nested);
  input.onStep?.("moved");
  await noteSalvage(context, { id, reason, saved });
  const ignored = describeIgnored(saved.ignored);
  if (ignored !== null) input.tell?.(ignored);
  return [...saved.lines, ...moved];
}

/** Where the directory stays, or moves as a whole: commits and files go into the hub all the same. */
export async function keepCommits(context: GitContext, input: Pick<KeepInput, "id" | "reason">): Promise<string[]> {
  const { id, reason = "archived" } = input;
  const saved = await salvage(context, { id, reason });
  await noteSalvage(context, { id, reason, saved });
  return saved.lines;
}

/** After a session's directory went: the hub lets go of its commit and of its branch's name. What was salvaged stays. */
export async function forgetWorktree(context: GitContext, input: { id: string }): Promise<void> {
  const record = await findRecord(context, input.id);
  if (record !== null) await release(context, record);
  await dropRecord(context.root, input.id);
}

async function moveRest(context: GitContext, id: string, nested: string[]): Promise<string[]> {
  const { home, work: homeWork, worktree } = context.root.session(id);
  const { work } = worktreePaths(context.root, id);
  const kept: string[] = [];
  if (isDirectory(home) && isDirectory(homeWork) && isFilled(homeWork))
    kept.push(await moveAside(context, homeWork, work));
  // The repositories of submodules lie in the worktree's own git directory: apart from it they are nothing.
  if (existsSync(join(worktree, ".git", "modules")))
    return [...kept, await moveWhole(context, id, { worktree, to: `${work}-worktree` })];
  for (const path of nested) {
    const from = join(worktree, path);
    if (!(await isInside(from, worktree))) continue;
    try {
      kept.push(await moveAside(context, from, `${work}-${plainName(path)}`));
    } catch (error) {
      // Nothing is renamed out of a worktree that is a subvolume; as a whole it can be.
      if (systemCode(error) !== "EXDEV") throw error;
      return [...kept, await moveWhole(context, id, { worktree, to: `${work}-worktree` })];
    }
  }
  return kept;
}

async function moveWhole(context: GitContext, id: string, { worktree, to }: { worktree: string; to: string }) {
  await makeIndependent(context, { id }).catch((error: unknown) => {
    if (!isHarnessError(error) || error.code === "storage-full") throw error;
    const what = "What is in its worktree and no part of the branch could not be saved";
    throw new HarnessError("salvage-failed", `${what}: ${error.message}`, { cause: error });
  });
  return moveAside(context, worktree, to);
}

async function moveAside(context: GitContext, from: string, to: string): Promise<string> {
  makeDirectory(context.root.archive);
  const free = [to, ...Array.from({ length: 99 }, (_, index) => `${to}.${index + 2}`)].find(
    (path) => !existsSync(path),
  );
  if (free === undefined) throw new HarnessError("salvage-failed", `There is no free name left beside ${to}.`);
  await rename(from, free);
  await syncDirectory(context.root.archive);
  return `${escapeLine(basename(from))}, which is no part of the branch, is kept in ${free}`;
}

// Not what a link leads to, which would be somebody else's.
function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFilled(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch {
    // It was never made, or is no folder: nothing of the session is in it.
    return false;
  }
}

// A link on the way would lead out of the worktree.
async function isInside(path: string, worktree: string): Promise<boolean> {
  const [parent, top] = await Promise.all([realpath(dirname(path)), realpath(worktree)]);
  return `${parent}${sep}`.startsWith(`${top}${sep}`);
}

function plainName(path: string): string {
  return basename(path)
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .slice(0, 60);
}
