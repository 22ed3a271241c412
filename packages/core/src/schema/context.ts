import * as z from "zod/mini";
import { IdSchema } from "./session.ts";

/** context.json: working memory. It belongs to the person too, so unknown fields are kept. Absent `v` means 1. */
export const ContextSchema = z.looseObject({
  v: z._default(z.literal(1), 1),
  session: z.optional(IdSchema),
  goal: z.optional(z.string()),
  plan: z.optional(z.array(z.unknown())),
  notes: z.optional(z.unknown()),
  /** What the driver needs to go on with the same conversation. */
  resume: z.optional(z.unknown()),
});
export type Context = z.infer<typeof ContextSchema>;
