import * as z from "zod/mini";

const TaskSchema = z.looseObject({
  /** A program and its arguments. */
  command: z.array(z.string()).check(z.minLength(1)),
  /** How long it may take; 0 is no limit. */
  timeoutMs: z.number().check(z.minimum(0)),
});
export type SetupTask = z.infer<typeof TaskSchema>;

/** setup.json: what a session's worktree needs before its first turn and after its last. Written by whoever makes the session. */
export const SetupSchema = z.looseObject({
  v: z.literal(1),
  /** What succeeded under one request is not done again; another one asks for it anew. */
  request: z.string(),
  setup: z.optional(TaskSchema),
  teardown: z.optional(TaskSchema),
  /** Variables of the coding agent, of the setup and of the teardown: the session's ports, and names of its own. */
  env: z.optional(z.record(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)), z.string())),
});
export type Setup = z.infer<typeof SetupSchema>;

/** How far the setup, or the teardown, is. What was `running` when its process ended was interrupted. */
export const SetupStateSchema = z.looseObject({
  state: z.enum(["running", "succeeded", "failed"]),
  request: z.string(),
  attempt: z.number(),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  /** Why it failed, in a sentence. */
  reason: z.optional(z.string()),
  /** The last lines of its output. */
  lines: z.optional(z.array(z.string())),
  /** Its output, a path below the session's directory. */
  log: z.optional(z.string()),
});
export type SetupState = z.infer<typeof SetupStateSchema>;
