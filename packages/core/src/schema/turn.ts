import * as z from "zod/mini";
import { IdSchema } from "./session.ts";

/** Why a turn ended. The first five are the Agent Client Protocol's words; `end_turn` alone does not mean that the task is done. */
export const StopReasonSchema = z.enum([
  "end_turn",
  "max_tokens",
  "max_turn_requests",
  "refusal",
  "cancelled",
  "failed",
  "timeout",
  "interrupted",
]);
export type StopReason = z.infer<typeof StopReasonSchema>;

/** Tokens of one turn as the coding agent counts them; cost in US dollars. */
export const UsageSchema = z.looseObject({
  inputTokens: z.optional(z.number()),
  outputTokens: z.optional(z.number()),
  costUsd: z.optional(z.number()),
});
export type Usage = z.infer<typeof UsageSchema>;

/** One turn as status.json shows it. `id` stays the same over all attempts. */
export const TurnSchema = z.looseObject({
  id: z.string(),
  message: IdSchema,
  attempt: z.number(),
  state: z.enum(["running", "ended"]),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  stopReason: z.optional(StopReasonSchema),
});
export type Turn = z.infer<typeof TurnSchema>;
