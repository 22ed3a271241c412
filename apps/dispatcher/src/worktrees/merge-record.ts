import { IdSchema, readJsonFile, type StateRoot, timestamp, writeJsonFile } from "@harness/core";
import { z } from "zod";
import { worktreePaths } from "./paths.ts";

export const HOWS = ["merge-commit", "squash", "rebase"] as const;
/** How a session's commits come into the target: below a merge commit, as one new commit, or one by one on top of it. */
export type How = (typeof HOWS)[number];

/** run/sessions/<id>/merge.json: the merge of this session that was begun last. A second run goes on where a first one was killed. */
const MergeRecordSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  state: z.enum(["planned", "waiting", "merged"]),
  into: z.string(),
  how: z.enum(HOWS).default("merge-commit"),
  /** Where the target stood. */
  from: z.string(),
  /** The session's commit. */
  tip: z.string(),
  /** The commit that the target is to stand on. */
  commit: z.string(),
  /** A branch of ours in the person's repository where a merge waits, and the commit it was given. */
  aside: z.nullable(z.object({ branch: z.string(), commit: z.string() })),
  /** What came in last without being a parent of anything: the next merge begins after `tip`. */
  landed: z
    .array(z.object({ into: z.string(), tip: z.string(), commit: z.string() }))
    .max(32)
    .default([]),
  updatedAt: z.string(),
});
export type MergeRecord = z.infer<typeof MergeRecordSchema>;
/** What its writer says of it; the rest is added. */
export type FreshMergeRecord = Pick<
  MergeRecord,
  "session" | "state" | "into" | "how" | "from" | "tip" | "commit" | "aside" | "landed"
>;
export type Aside = NonNullable<MergeRecord["aside"]>;
export type Landed = MergeRecord["landed"];

export async function readMergeRecord(root: StateRoot, id: string): Promise<MergeRecord | null> {
  return (await readJsonFile(worktreePaths(root, id).merge, MergeRecordSchema))?.value ?? null;
}

export async function writeMergeRecord(root: StateRoot, record: FreshMergeRecord): Promise<void> {
  await writeJsonFile(worktreePaths(root, record.session).merge, { v: 1, ...record, updatedAt: timestamp() });
}
