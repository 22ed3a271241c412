import * as z from "zod/mini";
import { InnerPathSchema } from "./inbound.ts";
import { EnvelopeSchema } from "./message.ts";
import { IdSchema } from "./session.ts";
import { StopReasonSchema, TurnFailureSchema, UsageSchema, WorktreeFactsSchema } from "./turn.ts";

const OptionSchema = z.looseObject({ id: z.string(), label: z.string(), kind: z.optional(z.string()) });

/** A turn ended. `replyTo` of the envelope is the prompt. */
export const ReplyBodySchema = z.looseObject({
  text: z.string(),
  stopReason: StopReasonSchema,
  usage: z.optional(UsageSchema),
  failure: z.optional(TurnFailureSchema),
  worktree: z.optional(WorktreeFactsSchema),
});

export const QuestionBodySchema = z.looseObject({
  text: z.string(),
  options: z.optional(z.array(OptionSchema)),
  deadlineAt: z.optional(z.string()),
});

/** A request to be allowed something. Unanswered at the deadline it is refused. */
export const PermissionBodySchema = z.looseObject({
  text: z.string(),
  options: z.array(OptionSchema),
  deadlineAt: z.string(),
});

/** Asks for a child session; the answer comes as a `result`. */
export const SpawnBodySchema = z.looseObject({ task: z.string(), agent: z.optional(z.string()) });

export const ArtifactBodySchema = z.looseObject({ path: InnerPathSchema, title: z.optional(z.string()) });

export const ProgressBodySchema = z.looseObject({ text: z.string() });

/** Something could not be handled. `replyTo` of the envelope is the message, where there is one. */
export const FailedBodySchema = z.looseObject({ code: z.string(), text: z.string() });

export const ExitedBodySchema = z.looseObject({ reason: z.string(), message: z.optional(IdSchema) });

const outbound = <K extends string, B extends z.core.$ZodType>(kind: K, body: B) =>
  z.extend(EnvelopeSchema, { kind: z.literal(kind), body });

export const OUTBOUND_SCHEMAS = {
  reply: outbound("reply", ReplyBodySchema),
  question: outbound("question", QuestionBodySchema),
  permission: outbound("permission", PermissionBodySchema),
  spawn: outbound("spawn", SpawnBodySchema),
  artifact: outbound("artifact", ArtifactBodySchema),
  progress: outbound("progress", ProgressBodySchema),
  failed: outbound("failed", FailedBodySchema),
  exited: outbound("exited", ExitedBodySchema),
} as const;

export const OutboundSchema = z.discriminatedUnion("kind", [
  OUTBOUND_SCHEMAS.reply,
  OUTBOUND_SCHEMAS.question,
  OUTBOUND_SCHEMAS.permission,
  OUTBOUND_SCHEMAS.spawn,
  OUTBOUND_SCHEMAS.artifact,
  OUTBOUND_SCHEMAS.progress,
  OUTBOUND_SCHEMAS.failed,
  OUTBOUND_SCHEMAS.exited,
]);
export type Outbound = z.infer<typeof OutboundSchema>;
export type OutboundKind = Outbound["kind"];
