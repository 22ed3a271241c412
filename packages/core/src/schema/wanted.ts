import * as z from "zod/mini";
import { IdSchema } from "./session.ts";
import { AgentProcessSchema } from "./status.ts";

/** How an agent process ended, as the dispatcher saw it. `unknown` is never success. */
export const ExitRecordSchema = z.looseObject({
  at: z.string(),
  class: z.enum(["done", "failed", "signaled", "oom", "killed-by-us", "unknown"]),
  code: z.nullable(z.number()),
  signal: z.nullable(z.string()),
  cause: z.string(),
});
export type ExitRecord = z.infer<typeof ExitRecordSchema>;

/** A ref that a session may push, and the credential that it pushes with. */
export const PushSchema = z.looseObject({
  credential: IdSchema,
  ref: z.string(),
  /** Also to where it does not move forward. */
  force: z.optional(z.boolean()),
  /** Also with changes to what the remote itself runs. */
  workflows: z.optional(z.boolean()),
  /** The commit that a person has allowed although it has such changes. */
  approved: z.optional(z.string()),
});

/** run/sessions/<id>/wanted.json: what the dispatcher wants of a session, and what outlives its agent processes. */
export const WantedSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  wanted: z.enum(["run", "parked", "stopped", "closed"]),
  /** Counts the starts; written before each. */
  generation: z.number(),
  nonce: z.optional(z.string()),
  /** Starts after a failure, newest last: what the restart limit counts. */
  restarts: z.array(z.string()),
  backoffUntil: z.optional(z.string()),
  /** Waits until limits.concurrent allows a start. */
  queued: z.optional(z.boolean()),
  /** Given up: why no further start is tried until a person resumes. */
  failed: z.optional(z.string()),
  /** It takes more of the disk than it may, in bytes: nothing runs until it is under that again. */
  overDisk: z.optional(z.looseObject({ bytes: z.number(), limit: z.number() })),
  lastExit: z.optional(ExitRecordSchema),
  /** The agent process that was last seen alive. */
  process: z.optional(AgentProcessSchema),
  /** Whose key is handed to the session; kept here because a coding agent may be able to edit session.json. */
  provider: z.optional(z.string()),
  /** Whose budget the session shares; kept here because a coding agent may be able to edit session.json. */
  job: z.optional(z.string()),
  /** The variable whose value the agent process was handed when it was last started. */
  keyInside: z.optional(z.string()),
  /** The provider whose credential worker answers for the session; its key is then nowhere in it. */
  keyWorker: z.optional(z.string()),
  /** What it may push; kept here because a coding agent may be able to edit session.json. */
  push: z.optional(PushSchema),
  /** How many tokens the session may spend in all, where a person has said so. */
  tokenBudget: z.optional(z.number()),
  /** What a person was told when the session was created, a sentence each. */
  notes: z.optional(z.array(z.string())),
  updatedAt: z.string(),
});
export type Wanted = z.infer<typeof WantedSchema>;
