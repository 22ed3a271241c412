import { IdSchema, readJsonFile, type StateRoot, timestamp, writeJsonFile } from "@harness/core";
import { z } from "zod";
import { worktreePaths } from "./paths.ts";

/** run/sessions/<id>/merge.json: the merge of this session that was begun last. A second run goes on where a first one was killed. */
const MergeRecordSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  state: z.enum(["planned", "waiting", "merged"]),
  into: z.string(),
  /** Where the target stood. */
  from: z.string(),
  /** The session's commit. */
  tip: z.string(),
  /** The merge commit. */
  commit: z.string(),
  /** A branch of ours in the person's repository where a merge waits, and the commit it was given. */
  aside: z.nullable(z.object({ branch: z.string(), commit: z.string() })),
  updatedAt: z.string(),
});
export type MergeRecord = z.infer<typeof MergeRecordSchema>;
/** What its writer says of it; the rest is added. */
export type FreshMergeRecord = Pick<MergeRecord, "session" | "state" | "into" | "from" | "tip" | "commit" | "aside">;
export type Aside = NonNullable<MergeRecord["aside"]>;

export async function readMergeRecord(root: StateRoot, id: string): Promise<MergeRecord | null> {
  return (await readJsonFile(worktreePaths(root, id).merge, MergeRecordSchema))?.value ?? null;
}

export async function writeMergeRecord(root: StateRoot, record: FreshMergeRecord): Promise<void> {
  await writeJsonFile(worktreePaths(root, record.session).merge, { v: 1, ...record, updatedAt: timestamp() });
}
