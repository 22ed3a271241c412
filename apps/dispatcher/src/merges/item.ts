import { IdSchema } from "@harness/core";
import { z } from "zod";
import { HOWS } from "../worktrees/merge-record.ts";
import { FindingsSchema } from "./risk/finding.ts";

export const ChangesSchema = z.object({ modified: z.number(), untracked: z.number() });

export const MergeResultSchema = z.object({
  outcome: z.enum(["merged", "waiting"]),
  into: z.string(),
  commit: z.string(),
  tip: z.string(),
  branch: z.string().nullable(),
  checkout: z.string().nullable(),
  uncommitted: ChangesSchema,
  line: z.string(),
  /** The command that takes a result which waits on a branch, for a shell; null where none waits. */
  take: z.nullable(z.string()).default(null),
});

const ProblemSchema = z.object({
  code: z.string(),
  kind: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const GateRunSchema = z.object({
  /** Names its log. */
  id: IdSchema,
  command: z.array(z.string()),
  /** The commit whose files it ran on, and how many merges were in it. */
  commit: z.string(),
  merges: z.number(),
  passed: z.boolean(),
  /** The wall it ran behind; `none` is none. */
  sandbox: z.string(),
  /** In plain words: `exit code 1`, `ended after 1800 s`. */
  ended: z.string(),
  ms: z.number(),
  /** The last lines that it printed. */
  tail: z.string(),
});
export type GateRun = z.infer<typeof GateRunSchema>;

/** run/merges/<id>.json: one session's commit on its way into a branch. */
export const MergeItemSchema = z.looseObject({
  v: z.literal(1),
  id: IdSchema,
  /** Counts up: the order of the queue. */
  order: z.number(),
  session: IdSchema,
  /** The person's repository, its git directory, and the branch that the commit goes into. */
  repository: z.string(),
  gitDirectory: z.string(),
  into: z.string(),
  how: z.enum(HOWS),
  message: z.string().nullable(),
  /** The session's branch and the commit of it that is merged, whatever the session does meanwhile; empty before the import. */
  branch: z.string(),
  tip: z.string(),
  uncommitted: ChangesSchema,
  /** Of the rules under which it was looked at. */
  policy: z.string(),
  /** What has to be still so when it lands, because it was reviewed so. */
  expected: z.object({ target: z.nullable(z.string()), policy: z.nullable(z.string()) }),
  findings: z.nullable(FindingsSchema),
  /** What a person has approved: this commit, with this list, under these rules. `digest` is null until there is a list. */
  approved: z.nullable(z.object({ tip: z.string(), digest: z.string().nullable(), policy: z.string() })),
  state: z.enum(["queued", "running", "needs approval", "ended"]),
  /** What a running one is at. */
  step: z.enum(["planning", "gate", "landing"]).nullable(),
  outcome: z.enum(["merged", "waiting", "conflict", "gate failed", "refused", "cancelled"]).nullable(),
  gate: z.nullable(GateRunSchema),
  merge: z.nullable(MergeResultSchema),
  error: z.nullable(ProblemSchema),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type MergeItem = z.infer<typeof MergeItemSchema>;

export function isSettled({ state }: MergeItem): boolean {
  return state === "ended" || state === "needs approval";
}
