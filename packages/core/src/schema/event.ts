import * as z from "zod/mini";

/** One line of log/events.jsonl. `seq` counts from 1 over the life of the session. Types of newer versions are kept as they are. */
export const EventSchema = z.looseObject({
  v: z.literal(1),
  seq: z.number(),
  at: z.string(),
  type: z.string(),
});
export type Event = z.infer<typeof EventSchema>;
