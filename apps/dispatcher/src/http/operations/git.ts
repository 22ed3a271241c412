import { IdSchema } from "@harness/core";
import { z } from "zod";
import { MergeResultSchema } from "../../merges/item.ts";
import { PreviewSchema } from "../../merges/preview.ts";
import { RebaseSchema } from "../../merges/rebase-session.ts";
import { ReviewInputSchema } from "../../reviews/schema.ts";
import { SentSchema } from "../../sessions/schema.ts";
import { SightingSchema, ToldSchema } from "../../radar/schema.ts";
import type { Operation } from "../operation.ts";
import { MERGE_WISH, OidSchema, RefSchema } from "./merge-wish.ts";

const params = z.object({ id: IdSchema });
const ChangesSchema = z.object({ modified: z.number(), untracked: z.number() });

const NumberSchema = z.number().nullable();

const HunkSchema = z.object({
  oldStart: z.number(),
  oldLines: z.number(),
  newStart: z.number(),
  newLines: z.number(),
  heading: z.string(),
  lines: z.array(
    z.object({
      kind: z.enum(["context", "added", "removed"]),
      old: NumberSchema,
      new: NumberSchema,
      text: z.string(),
    }),
  ),
});

export const FileSchema = z.object({
  path: z.string(),
  from: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed", "copied", "type changed"]),
  added: z.number().nullable(),
  removed: z.number().nullable(),
  oldMode: z.string(),
  newMode: z.string(),
  oldOid: z.string(),
  newOid: z.string(),
});

const DiffFileSchema = FileSchema.extend({
  hunks: z.array(HunkSchema),
  cut: z.boolean(),
  hidden: z.boolean(),
  uncommitted: z.enum(["modified", "untracked"]).nullable(),
});

const DiffSchema = z.object({
  against: z.enum(["base", "target"]),
  from: z.string(),
  to: z.string(),
  files: z.array(DiffFileSchema),
  stat: z.string(),
  patch: z.string(),
  cut: z.boolean(),
  uncommitted: ChangesSchema,
  nested: z.array(z.string()),
});

const RepositorySchema = z.string().min(1).max(4096);

export const GIT_OPERATIONS = {
  listConflicts: {
    method: "get",
    path: "/api/conflicts",
    roles: ["admin"],
    summary:
      "Which open sessions of a repository will not merge with each other or with their target, and which changed the same files; with `uncommitted=1` what is not committed too, by file names.",
    query: z.object({ repository: RepositorySchema.optional(), uncommitted: z.enum(["0", "1"]).optional() }),
    answer: { status: 200, json: z.array(SightingSchema) },
  },
  tellConflicts: {
    method: "post",
    path: "/api/conflicts/tell",
    roles: ["admin"],
    summary: "Sends each session in a conflict one message about it, unless it had one.",
    body: z.strictObject({ repository: RepositorySchema.optional() }),
    answer: { status: 200, json: z.array(ToldSchema) },
  },
  diffSession: {
    method: "get",
    path: "/api/sessions/:id/diff",
    roles: ["admin"],
    summary:
      "What a session changed, uncommitted and new files included: since it began, or against the branch it goes into. With `tip` exactly what a merge of it that has not ended brings.",
    params,
    query: z.object({
      against: z.enum(["base", "target"]).optional(),
      into: RefSchema.optional(),
      tip: OidSchema.optional(),
    }),
    answer: { status: 200, json: DiffSchema },
  },
  reviewSession: {
    method: "post",
    path: "/api/sessions/:id/reviews",
    roles: ["admin"],
    summary:
      "Sends comments on lines of a session's diff to it, as one prompt. A line that is not in the diff is refused.",
    params,
    body: ReviewInputSchema,
    answer: { status: 202, json: SentSchema },
  },
  mergeSession: {
    method: "post",
    path: "/api/sessions/:id/merge",
    roles: ["admin"],
    summary:
      "Merges what a session committed, in its turn, and answers when it is done. Conflicts are found before anything moves.",
    params,
    body: z.strictObject(MERGE_WISH),
    answer: { status: 200, json: MergeResultSchema },
  },
  previewMerge: {
    method: "get",
    path: "/api/sessions/:id/merge",
    roles: ["admin"],
    summary:
      "What a merge would come to now: conflicts, what it brings that may later run, and what it was reviewed at.",
    params,
    query: z.object({ into: MERGE_WISH.into, how: MERGE_WISH.how }),
    answer: { status: 200, json: PreviewSchema },
  },
  rebaseSession: {
    method: "post",
    path: "/api/sessions/:id/rebase",
    roles: ["admin"],
    summary: "Puts a session's commits on top of the branch they go into, and tells the session to take them.",
    params,
    body: z.strictObject({ onto: RefSchema.optional() }),
    answer: { status: 200, json: RebaseSchema },
  },
} as const satisfies Record<string, Operation>;
