import { EventSchema, InboundSchema, OutboundSchema } from "@harness/core";
import { z } from "zod";

/** One message of a mailbox as a reader outside the session sees it. */
export const MessageAnswerSchema = z.object({
  id: z.string(),
  state: z.enum(["waiting", "claimed", "started", "done", "rejected", "published"]),
  message: z.nullable(z.union([InboundSchema, OutboundSchema])),
});

/** What the stream of one session carries. */
export const LogAnswerSchema = z.object({ type: z.literal("log"), session: z.string(), event: EventSchema });

/** The token itself is not answered: its file is, which only its owner can read. */
export const TokenAnswerSchema = z.object({ id: z.string(), file: z.string() });
