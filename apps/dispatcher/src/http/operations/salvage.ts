import { IdSchema } from "@harness/core";
import { z } from "zod";
import { ArchivalSchema } from "../../sessions/schema.ts";
import { SalvageRecordSchema } from "../../worktrees/salvage-record.ts";
import type { Operation } from "../operation.ts";
import { FileSchema } from "./git.ts";

const params = z.object({ id: IdSchema });
const PathSchema = z.string().min(1).max(4096);

const SalvageSchema = SalvageRecordSchema.extend({
  problem: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** The session's directory, while it is in the trash. */
  trash: z.nullable(z.object({ path: z.string(), expiresAt: z.string().nullable() })),
});

export const SALVAGE_OPERATIONS = {
  listSalvages: {
    method: "get",
    path: "/api/salvage",
    roles: ["admin"],
    summary: "What is kept of sessions that were removed, archived or failed, newest first.",
    answer: { status: 200, json: z.array(SalvageSchema) },
  },
  showSalvage: {
    method: "get",
    path: "/api/salvage/:id",
    roles: ["admin"],
    summary: "What is kept of one session: its files and its patch, since the session started.",
    params,
    answer: {
      status: 200,
      json: z.object({
        salvage: SalvageSchema,
        files: z.array(FileSchema),
        stat: z.string(),
        patch: z.string(),
        cut: z.boolean(),
      }),
    },
  },
  restoreSalvage: {
    method: "post",
    path: "/api/salvage/:id/restore",
    roles: ["admin"],
    summary:
      "Puts what is kept on a new branch of the person's repository, or into a directory. No checkout is touched.",
    params,
    body: z.strictObject({
      branch: z.string().min(1).max(1024).optional(),
      repository: PathSchema.optional(),
      to: PathSchema.optional(),
    }),
    answer: {
      status: 200,
      json: z.object({
        session: z.string(),
        branch: z.string().nullable(),
        commit: z.string().nullable(),
        repository: z.string().nullable(),
        directory: z.string().nullable(),
        moved: z.array(z.string()),
        line: z.string(),
      }),
    },
  },
  archiveSession: {
    method: "post",
    path: "/api/sessions/:id/archive",
    roles: ["admin"],
    summary: "Stops a session, makes its directory need nothing outside, and moves it to the archive.",
    params,
    answer: { status: 200, json: ArchivalSchema },
  },
} as const satisfies Record<string, Operation>;
