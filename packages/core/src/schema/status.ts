import * as z from "zod/mini";
import { IdSchema, ResourceLimitsSchema } from "./session.ts";
import { SetupStateSchema } from "./setup.ts";
import { TurnSchema } from "./turn.ts";

/** Who a process is: a pid alone decides nothing. `startTime` is field 22 of /proc/<pid>/stat, in clock ticks. */
export const ProcessIdentitySchema = z.looseObject({
  pid: z.number(),
  bootId: z.string(),
  startTime: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentitySchema>;

export const AgentProcessSchema = z.looseObject({
  ...ProcessIdentitySchema.shape,
  /** The descriptor on which the process holds `.lock`: where a look begins. */
  lockFd: z.number(),
  /** Which start by a dispatcher this is; absent when started by hand. */
  nonce: z.optional(z.string()),
});
export type AgentProcess = z.infer<typeof AgentProcessSchema>;

export const OpenQuestionSchema = z.looseObject({
  id: IdSchema,
  kind: z.enum(["question", "permission"]),
  text: z.string(),
  options: z.optional(z.array(z.looseObject({ id: z.string(), label: z.string(), kind: z.optional(z.string()) }))),
  deadlineAt: z.optional(z.string()),
  /** `budget`: whether the session may spend more. It is the dispatcher that lets it. */
  about: z.optional(z.enum(["budget"])),
});
export type OpenQuestion = z.infer<typeof OpenQuestionSchema>;

export const HeldLimitsSchema = z.looseObject({
  ...ResourceLimitsSchema.shape,
  memoryOf: z.enum(["process", "session"]),
});
export type HeldLimits = z.infer<typeof HeldLimitsSchema>;

/** status.json: what is true now. Written by the agent process alone. */
export const StatusSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  state: z.enum(["open", "closed"]),
  agent: z.enum(["starting", "running", "parked", "stopping", "exited", "failed"]),
  process: AgentProcessSchema,
  /** Why the agent process ended or fails, in a sentence. */
  reason: z.optional(z.string()),
  turn: z.nullable(TurnSchema),
  /** Turns ended so far. */
  turns: z.number(),
  waiting: z.array(OpenQuestionSchema),
  /** The newest line of the coding agent, cut to 200 characters. */
  lastLine: z.optional(z.string()),
  /** What was found damaged and mended at the start. */
  degraded: z.optional(z.array(z.string())),
  rateLimitedUntil: z.optional(z.string()),
  /** How far what setup.json asks for is; absent where nothing was begun. */
  setup: z.optional(SetupStateSchema),
  teardown: z.optional(SetupStateSchema),
  /** How the process tree of the coding agent is held together. */
  tree: z.optional(z.enum(["namespace", "sweep"])),
  /** The wall around the coding agent, and what it reaches from behind it. Absent before the first turn. */
  sandbox: z.optional(z.enum(["bubblewrap", "seatbelt", "none"])),
  network: z.optional(z.enum(["none", "provider", "list", "host"])),
  /** To what of session.json's limits the kernel holds the coding agent here, and whose memory it counts. */
  limits: z.optional(HeldLimitsSchema),
  /** How the process learns of messages: by events and scans, or by scans alone. */
  wake: z.optional(z.enum(["events", "scan"])),
  startedAt: z.string(),
  updatedAt: z.string(),
});
export type Status = z.infer<typeof StatusSchema>;
