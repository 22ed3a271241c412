import {
  ContextSchema,
  ExitRecordSchema,
  HeldLimitsSchema,
  IdSchema,
  INBOUND_SCHEMAS,
  type Inbound,
  OpenQuestionSchema,
  OutboundSchema,
  SessionSpecSchema,
  SetupStateSchema,
  StopReasonSchema,
  TurnFailureSchema,
  WantedSchema,
} from "@harness/core";
import { z } from "zod";
import { MergeItemSchema } from "../merges/item.ts";
import { NetworkWishSchema } from "./network-wish.ts";
import { CollisionNoteSchema, CollisionSchema } from "../radar/schema.ts";

export const BadgeSchema = z.enum(["working", "needs you", "idle", "parked", "rate limited", "lost", "failed", "done"]);

const LabelsSchema = z.record(z.string().min(1).max(64), z.string().max(256));
const OneLineSchema = z.string().min(1).max(1024);

/** The wall around the coding agent. `auto`: bubblewrap where it works, otherwise none, which is shown. */
export const SandboxWishSchema = z.enum(["auto", "bubblewrap", "seatbelt", "none"]);
/** What the coding agent reaches from behind the wall; `provider` is its model endpoint alone, `list` that and some hosts. */
export const NetworkSchema = z.enum(["none", "provider", "list", "host"]);

/** What a person asks for with `harness spawn` or the page. */
export const SpawnInputSchema = z.strictObject({
  task: z
    .string()
    .max(256 * 1024)
    .refine((text) => text.trim() !== "", "The task is empty."),
  /** Absolute path of a git repository. Without one the coding agent works in `home/work`. */
  repository: OneLineSchema.optional(),
  branch: OneLineSchema.optional(),
  base: OneLineSchema.optional(),
  /** Go on with a branch that exists. */
  continue: z.boolean().optional(),
  /** A name of the `agents` section of config.yaml. */
  agent: OneLineSchema.optional(),
  /** A program of one's own, started by the `command` driver. */
  command: z
    .array(z.string().max(32 * 1024))
    .min(1)
    .max(256)
    .optional(),
  provider: OneLineSchema.optional(),
  model: OneLineSchema.optional(),
  name: z.optional(IdSchema),
  sandbox: SandboxWishSchema.optional(),
  network: NetworkWishSchema.optional(),
  /** It may push its own branch to the remote that config.yaml names for the repository. */
  push: z.boolean().optional(),
  labels: LabelsSchema.optional(),
  /** For the `scripted` driver. */
  script: z.unknown().optional(),
});
export type SpawnInput = z.infer<typeof SpawnInputSchema>;

export const TurnSummarySchema = z.object({
  state: z.enum(["running", "ended"]),
  attempt: z.number(),
  startedAt: z.string(),
  stopReason: z.optional(StopReasonSchema),
  failure: z.optional(TurnFailureSchema),
});

export const SessionSummarySchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  task: z.string(),
  badge: BadgeSchema,
  state: z.enum(["open", "closed"]),
  agent: z.object({ name: z.string(), driver: z.string() }),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  branch: z.string().nullable(),
  repository: z.string().nullable(),
  base: z.string().nullable(),
  turn: TurnSummarySchema.nullable(),
  turns: z.number(),
  /** How far the setup of its worktree is; absent where there is none. */
  setup: z.optional(SetupStateSchema),
  lastLine: z.string().nullable(),
  /** The wall around the coding agent and what it reaches from behind it; null before the first turn. */
  wall: z.object({ sandbox: z.enum(["bubblewrap", "seatbelt", "none"]), network: NetworkSchema }).nullable(),
  waiting: z.array(OpenQuestionSchema),
  labels: z.record(z.string(), z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  alive: z.boolean(),
  pid: z.number().nullable(),
  /** Parts that could not be read, a sentence each. */
  damaged: z.array(z.string()),
  /** What a person should know beside the badge, a sentence each. */
  notes: z.array(z.string()),
  /** Branches that its own will not merge with as they are. */
  collisions: z.array(CollisionNoteSchema),
});
export type SessionSummary = z.infer<typeof SessionSummarySchema>;

export const SessionDetailSchema = SessionSummarySchema.extend({
  directory: z.string(),
  wanted: z.nullable(WantedSchema),
  context: z.nullable(ContextSchema),
  spec: z.nullable(SessionSpecSchema),
  lastExit: z.nullable(ExitRecordSchema),
  /** What the kernel holds its processes to; null where nothing was asked for, or before the first turn. */
  limits: z.nullable(HeldLimitsSchema),
  /** A provider's key is in the session's process, which was started before a credential worker held it. */
  keyInsideSession: z.boolean(),
  /** A credential worker asks the provider for the session, which has no key that opens anything else. */
  keyInWorker: z.boolean(),
  /** The user that its processes run as, by number, where that is not the dispatcher's. */
  runsAs: z.number().optional(),
  /** Files of the person's checkout that were copied into the worktree: its coding agent can read them. */
  copied: z.array(z.string()),
  /** Its ports, by the variables that name them, and who listens there now. */
  ports: z.record(z.string(), z.object({ port: z.number(), holder: z.enum(["nobody", "session", "somebody else"]) })),
  /** Its repository's main checkout, or the bare repository: what its merges name, where `repository` may be a linked worktree. */
  source: z.string().nullable(),
  paths: z.object({
    worktree: z.string().nullable(),
    inbox: z.string(),
    outbox: z.string(),
    log: z.string(),
  }),
});
export type SessionDetail = z.infer<typeof SessionDetailSchema>;

/** The body of POST …/messages: the kind decides what `body` may hold. */
export const MessageInputSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("prompt"), body: INBOUND_SCHEMAS.prompt.shape.body, id: z.optional(IdSchema) }),
  z.strictObject({ kind: z.literal("answer"), body: INBOUND_SCHEMAS.answer.shape.body, id: z.optional(IdSchema) }),
  z.strictObject({ kind: z.literal("cancel"), body: INBOUND_SCHEMAS.cancel.shape.body, id: z.optional(IdSchema) }),
  z.strictObject({ kind: z.literal("context"), body: INBOUND_SCHEMAS.context.shape.body, id: z.optional(IdSchema) }),
  z.strictObject({ kind: z.literal("close"), body: INBOUND_SCHEMAS.close.shape.body, id: z.optional(IdSchema) }),
]);
export type MessageInput = z.infer<typeof MessageInputSchema>;

export const AnswerInputSchema = z
  .strictObject({ to: IdSchema, option: z.string().optional(), text: z.string().optional() })
  .refine(({ option, text }) => option !== undefined || text !== undefined, "Give an option or a text.");
export type AnswerInput = z.infer<typeof AnswerInputSchema>;

export const SentSchema = z.object({ id: z.string(), outcome: z.enum(["published", "duplicate"]) });
export type Sent = z.infer<typeof SentSchema>;

/** One message as a reader outside the session sees it. */
export interface MessageRecord {
  id: string;
  /** How far an inbox message is; reports are always `published`. */
  state: "waiting" | "claimed" | "started" | "done" | "rejected" | "published";
  /** Null where the file is not (yet) a whole message: plain text of a foreign client, or junk. */
  message: Inbound | z.infer<typeof OutboundSchema> | null;
}

export const RemovalSchema = z.object({
  id: z.string(),
  /** Refs and files that hold what was not merged, a sentence each. */
  salvaged: z.array(z.string()),
  notes: z.array(z.string()),
});
export type Removal = z.infer<typeof RemovalSchema>;

export const ArchivalSchema = z.object({
  id: z.string(),
  /** Where the session is now. */
  directory: z.string(),
  /** What is kept in the hub as well, a sentence each. */
  salvaged: z.array(z.string()),
  notes: z.array(z.string()),
});
export type Archival = z.infer<typeof ArchivalSchema>;

export const HealthSchema = z.object({
  status: z.enum(["ok", "storage lost"]),
  version: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  root: z.string(),
  sessions: z.number(),
  alive: z.number(),
  queued: z.number(),
  limit: z.number(),
  /** What is wrong or slower than it should be, a sentence each. */
  problems: z.array(z.string()),
});
export type Health = z.infer<typeof HealthSchema>;

/** What the live stream carries. `id` counts up over the life of one dispatcher process. */
export const ApiEventSchema = z.discriminatedUnion("type", [
  z.object({ id: z.number(), type: z.literal("session.changed"), session: SessionSummarySchema }),
  z.object({ id: z.number(), type: z.literal("session.removed"), session: z.string() }),
  z.object({ id: z.number(), type: z.literal("merge.changed"), merge: MergeItemSchema }),
  /** What is kept of this session, or until when. */
  z.object({ id: z.number(), type: z.literal("salvage.changed"), session: z.string() }),
  z.object({ id: z.number(), type: z.literal("message.reported"), session: z.string(), message: OutboundSchema }),
  z.object({ id: z.number(), type: z.literal("collision.appeared"), collision: CollisionSchema }),
  z.object({ id: z.number(), type: z.literal("collision.gone"), collision: CollisionSchema }),
]);
export type ApiEvent = z.infer<typeof ApiEventSchema>;
