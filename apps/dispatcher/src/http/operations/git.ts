import { IdSchema } from "@harness/core";
import { z } from "zod";
import { SightingSchema, ToldSchema } from "../../radar/schema.ts";
import type { Operation } from "../operation.ts";

const params = z.object({ id: IdSchema });
const RefSchema = z.string().min(1).max(1024);
const ChangesSchema = z.object({ modified: z.number(), untracked: z.number() });

const FileSchema = z.object({
  path: z.string(),
  from: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed", "copied", "type changed"]),
  added: z.number().nullable(),
  removed: z.number().nullable(),
  oldMode: z.string(),
  newMode: z.string(),
});

const DiffSchema = z.object({
  against: z.enum(["base", "target"]),
  from: z.string(),
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
      "What a session changed, uncommitted and new files included: since it began, or against the branch it goes into.",
    params,
    query: z.object({ against: z.enum(["base", "target"]).optional(), into: RefSchema.optional() }),
    answer: { status: 200, json: DiffSchema },
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
