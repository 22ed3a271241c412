import { IdSchema } from "@harness/core";
import { z } from "zod";
import { ReviewInputSchema } from "../../reviews/schema.ts";
import { SentSchema } from "../../sessions/schema.ts";
import type { Operation } from "../operation.ts";

const params = z.object({ id: IdSchema });
const RefSchema = z.string().min(1).max(1024);
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

const FileSchema = z.object({
  path: z.string(),
  from: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed", "copied", "type changed"]),
  added: z.number().nullable(),
  removed: z.number().nullable(),
  oldMode: z.string(),
  newMode: z.string(),
  oldOid: z.string(),
  newOid: z.string(),
  hunks: z.array(HunkSchema),
  cut: z.boolean(),
  hidden: z.boolean(),
});

const DiffSchema = z.object({
  against: z.enum(["base", "target"]),
  from: z.string(),
  to: z.string(),
  files: z.array(FileSchema),
  stat: z.string(),
  patch: z.string(),
  cut: z.boolean(),
  uncommitted: ChangesSchema,
  nested: z.array(z.string()),
});

const MergeSchema = z.object({
  outcome: z.enum(["merged", "waiting"]),
  into: z.string(),
  commit: z.string(),
  tip: z.string(),
  branch: z.string().nullable(),
  checkout: z.string().nullable(),
  uncommitted: ChangesSchema,
  line: z.string(),
});

export const GIT_OPERATIONS = {
  diffSession: {
    method: "get",
    path: "/api/sessions/:id/diff",
    roles: ["admin"],
    summary:
      "What a session changed, uncommitted and new files included: since it began, or against the branch it goes into.",
    params,
    query: z.object({ against: z.enum(["base", "target"]).optional(), into: RefSchema.optional() }),
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
    summary: "Merges what a session committed. Conflicts are found before anything moves.",
    params,
    body: z.strictObject({
      into: RefSchema.optional(),
      message: z
        .string()
        .min(1)
        .max(64 * 1024)
        .optional(),
    }),
    answer: { status: 200, json: MergeSchema },
  },
} as const satisfies Record<string, Operation>;
