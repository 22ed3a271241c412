import * as z from "zod/mini";
import { IdSchema } from "./session.ts";

/** Bytes of a message file at most. */
export const MESSAGE_LIMIT = 1024 * 1024;

/** The envelope of every message, in both directions. The sender is the directory it came from: there is no sender field. */
export const EnvelopeSchema = z.looseObject({
  v: z.literal(1),
  id: IdSchema,
  kind: z.string(),
  replyTo: z.optional(IdSchema),
  createdAt: z.string(),
  body: z.looseObject({}),
});
export type Envelope = z.infer<typeof EnvelopeSchema>;
