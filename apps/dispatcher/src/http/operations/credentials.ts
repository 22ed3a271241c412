import { z } from "zod";
import type { Operation } from "../operation.ts";

const AllowedSchema = z.object({
  id: z.string(),
  /** Whose tokens the others are; null for those of the session alone. */
  job: z.string().nullable(),
  spent: z.number(),
  budget: z.number(),
});

export const CREDENTIAL_OPERATIONS = {
  unlockCredential: {
    method: "post",
    path: "/api/credentials/:provider/unlock",
    roles: ["admin"],
    summary: "Opens a key that is kept under a passphrase, for as long as this dispatcher runs, and starts its worker.",
    params: z.object({ provider: z.string() }),
    body: z.strictObject({ passphrase: z.string().min(1).max(1024) }),
    answer: { status: 200, json: z.object({ provider: z.string() }) },
  },
  allowTokens: {
    method: "post",
    path: "/api/sessions/:id/budget",
    roles: ["admin"],
    summary: "Lets a session spend so many tokens more, from its next call on, and its job where that has a budget.",
    params: z.object({ id: z.string() }),
    body: z.strictObject({ tokens: z.int().min(1) }),
    answer: { status: 200, json: AllowedSchema },
  },
  allowPush: {
    method: "post",
    path: "/api/sessions/:id/push",
    roles: ["admin"],
    summary: "Lets a session push exactly this commit, although it changes what the remote runs.",
    params: z.object({ id: z.string() }),
    body: z.strictObject({ commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, "A commit is named in full.") }),
    answer: { status: 200, json: z.object({ id: z.string(), ref: z.string(), commit: z.string() }) },
  },
} as const satisfies Record<string, Operation>;
