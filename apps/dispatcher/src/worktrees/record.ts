import { rm } from "node:fs/promises";
import { HarnessError, IdSchema, readJsonFile, readJsonFileSync, type StateRoot, writeJsonFile } from "@harness/core";
import { z } from "zod";
import type { GitContext } from "./git.ts";
import { makeDirectory, worktreePaths } from "./paths.ts";
import { rebuildRecord } from "./rebuild-record.ts";

/** run/sessions/<id>/worktree.json: what the dispatcher made, and from what. A session cannot write it. */
export const WorktreeRecordSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  /** The person's repository: where it is, and its git directory. */
  source: z.string(),
  gitDirectory: z.string(),
  /** The checkout that the session was started in: a repository apart from its files does not know them. */
  checkout: z.optional(z.nullable(z.string())),
  hub: z.string(),
  branch: z.string(),
  /** The full name of the branch the session started from, where it is one. */
  baseRef: z.nullable(z.string()),
  /** The commit the session started from, pinned in the hub. */
  start: z.string(),
  objectFormat: z.enum(["sha1", "sha256"]),
  identity: z.object({ name: z.string(), email: z.string() }),
});
export type WorktreeRecord = z.infer<typeof WorktreeRecordSchema>;

/** Throws `worktree-missing` when the session has none. */
export async function readRecord(context: GitContext, id: string): Promise<WorktreeRecord> {
  const record = await findRecord(context, id);
  if (record !== null) return record;
  throw new HarnessError("worktree-missing", `Session ${id} has no worktree.`);
}

/** Null when the session has no worktree. A lost record is made again from what the session and the hub say. */
export async function findRecord(context: GitContext, id: string): Promise<WorktreeRecord | null> {
  const stored = await readJsonFile(worktreePaths(context.root, id).record, WorktreeRecordSchema);
  if (stored !== null) return stored.value;
  const rebuilt = await rebuildRecord(context, id);
  if (rebuilt !== null) await writeRecord(context.root, rebuilt);
  return rebuilt;
}

/** Where the person's repository is, without rebuilding anything; null where nothing says so. */
export function peekSource(root: StateRoot, id: string): string | null {
  return readJsonFileSync(worktreePaths(root, id).record, WorktreeRecordSchema)?.source ?? null;
}

export async function writeRecord(root: StateRoot, record: WorktreeRecord): Promise<void> {
  const { directory, record: path } = worktreePaths(root, record.session);
  makeDirectory(directory);
  await writeJsonFile(path, record);
}

export async function dropRecord(root: StateRoot, id: string): Promise<void> {
  const { record, freshIndex, settledIndex, merge } = worktreePaths(root, id);
  for (const path of [freshIndex, settledIndex, merge, record]) await rm(path, { force: true });
}
