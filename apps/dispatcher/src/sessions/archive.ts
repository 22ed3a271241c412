import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError, syncDirectory, systemCode, timestamp, writeJsonFile } from "@harness/core";
import type { Context } from "../context.ts";
import { endOwnProcesses } from "../users/end-processes.ts";
import { makeIndependent } from "../worktrees/make-independent.ts";
import { findRecord } from "../worktrees/record.ts";
import { forgetWorktree, keepCommits } from "../worktrees/remove.ts";
import { archivedPaths } from "./archived.ts";
import { findSession } from "./get.ts";
import type { Archival } from "./schema.ts";
import { wantStopped } from "./wanted.ts";

export type ArchiveStep = "salvaged" | "independent" | "described" | "moved" | "forgotten";

export interface ArchiveOptions {
  /** Told after each step that a crash may follow. For tests. */
  onStep?: (step: ArchiveStep) => void;
}

/**
 * Ends the agent process, keeps the work in the hub, gives the worktree objects of its own and moves the whole directory
 * to `archive/`, from where it can be taken to another machine. The branch's name is free again.
 * Throws `salvage-failed`, `session-damaged`: then the session is stopped and everything is where it was.
 */
export async function archiveSession(
  context: Context,
  session: string,
  options: ArchiveOptions = {},
): Promise<Archival> {
  context.supervisor.requireStorage();
  const { onStep } = options;
  const id = findSession(context, session);
  const { directory } = archivedPaths(context.root, id);
  if (existsSync(directory)) throw new HarnessError("session-exists", `${directory} is there already.`);
  await context.supervisor.end(id, "stop", () => context.wanted.change(id, wantStopped));
  const letGo = context.supervisor.hold(id);
  endOwnProcesses(context, id);
  let salvaged: string[];
  let notes: string[];
  try {
    salvaged = await keepCommits(context, { id, reason: "archived" });
    onStep?.("salvaged");
    // After the work is kept: what a teardown clears away was no work.
    notes = await context.supervisor.tearDown(id);
    await prepare(context, id, onStep);
    await move(context.root.session(id).directory, directory);
    onStep?.("moved");
  } catch (error) {
    letGo();
    throw error;
  }
  await context.supervisor.forget(id);
  await forgetWorktree(context, { id });
  onStep?.("forgotten");
  context.ports.release(id);
  context.wanted.drop(id);
  context.feed.publish({ type: "salvage.changed", session: id });
  context.log.info("a session was archived", { session: id, directory });
  return { id, directory, salvaged, notes };
}

async function prepare(context: Context, id: string, onStep: ArchiveOptions["onStep"]): Promise<void> {
  const { directory, worktree } = context.root.session(id);
  const record = await findRecord(context, id);
  if (record !== null && existsSync(worktree)) await makeIndependent(context, { id });
  onStep?.("independent");
  const { source: repository = null, branch = null, start = null, baseRef = null } = record ?? {};
  const facts = { v: 1, session: id, archivedAt: timestamp(context.clock), repository, branch, start, baseRef };
  await writeJsonFile(join(directory, "archive.json"), facts);
  onStep?.("described");
}

async function move(from: string, to: string): Promise<void> {
  try {
    mkdirSync(dirname(to), { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  renameSync(from, to);
  await Promise.all([dirname(from), dirname(to)].map(syncDirectory));
}
