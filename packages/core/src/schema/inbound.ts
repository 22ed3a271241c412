import * as z from "zod/mini";
import { EnvelopeSchema } from "./message.ts";
import { IdSchema } from "./session.ts";

/** A path below the session's directory: relative, without `..`, `.` or empty segments, backslashes or control characters. */
export const InnerPathSchema = z
  .string()
  // eslint-disable-next-line no-control-regex -- Control characters are what it keeps out.
  .check(z.maxLength(1024), z.regex(/^(?!(?:[^]*\/)?\.{0,2}(?:\/|$))[^\x00-\x1f\x7f\\]+$/));

export const PromptBodySchema = z.looseObject({
  text: z.string().check(z.minLength(1)),
  attachments: z.optional(z.array(z.looseObject({ path: InnerPathSchema, mediaType: z.optional(z.string()) }))),
});

/** An answer to the question or permission request `to`: one of its options, or free text. */
export const AnswerBodySchema = z
  .looseObject({ to: IdSchema, option: z.optional(z.string()), text: z.optional(z.string()) })
  .check(z.refine((body) => body.option !== undefined || body.text !== undefined, "needs option or text"));

/** Ends the running turn, or only the turn of the message `message`. */
export const CancelBodySchema = z.looseObject({ message: z.optional(IdSchema), reason: z.optional(z.string()) });

/** A person's edit: each field given replaces that field of context.json. */
export const ContextBodySchema = z.looseObject({
  goal: z.optional(z.string()),
  plan: z.optional(z.array(z.unknown())),
  notes: z.optional(z.unknown()),
});

/** What became of the child that the session asked for with the message `to`. */
export const ResultBodySchema = z.looseObject({
  to: IdSchema,
  ok: z.boolean(),
  text: z.optional(z.string()),
  session: z.optional(IdSchema),
});

export const CloseBodySchema = z.looseObject({ reason: z.optional(z.string()) });

const inbound = <K extends string, B extends z.core.$ZodType>(kind: K, body: B) =>
  z.extend(EnvelopeSchema, { kind: z.literal(kind), body });

export const INBOUND_SCHEMAS = {
  prompt: inbound("prompt", PromptBodySchema),
  answer: inbound("answer", AnswerBodySchema),
  cancel: inbound("cancel", CancelBodySchema),
  context: inbound("context", ContextBodySchema),
  result: inbound("result", ResultBodySchema),
  close: inbound("close", CloseBodySchema),
} as const;

export const InboundSchema = z.discriminatedUnion("kind", [
  INBOUND_SCHEMAS.prompt,
  INBOUND_SCHEMAS.answer,
  INBOUND_SCHEMAS.cancel,
  INBOUND_SCHEMAS.context,
  INBOUND_SCHEMAS.result,
  INBOUND_SCHEMAS.close,
]);
export type Inbound = z.infer<typeof InboundSchema>;
export type InboundKind = Inbound["kind"];
