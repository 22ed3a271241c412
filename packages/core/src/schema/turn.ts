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

/**
 * Why a turn failed, where that is known. Codes: `model-unauthorized`, `model-rate-limited`, `model-overloaded`,
 * `model-request-refused`, `model-unreachable`, `model-failed`, `agent-crashed`, `agent-failed`, `agent-silent`,
 * `tool-overdue`, `turn-overdue`, `empty-turn`. Newer versions may add some.
 */
export const TurnFailureSchema = z.looseObject({
  code: z.string(),
  text: z.string(),
  /** When the model endpoint can be asked again, where it says so. */
  retryAt: z.optional(z.string()),
});
export type TurnFailure = z.infer<typeof TurnFailureSchema>;

/** What a turn did to the worktree, read from its files: `end_turn` says nothing about that. */
export const WorktreeFactsSchema = z.looseObject({
  /** The commit that HEAD names after the turn; absent where it names none. */
  head: z.optional(z.string()),
  /** HEAD names another commit than before. */
  moved: z.boolean(),
  /** Files written since the turn began, as far as they were counted; `.git` is left out. */
  changed: z.number(),
  /** There may be more: the count was given up at its limit of files and of time. */
  more: z.optional(z.boolean()),
});
export type WorktreeFacts = z.infer<typeof WorktreeFactsSchema>;

/** One turn as status.json shows it. `id` stays the same over all attempts. */
export const TurnSchema = z.looseObject({
  id: z.string(),
  message: IdSchema,
  attempt: z.number(),
  state: z.enum(["running", "ended"]),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  stopReason: z.optional(StopReasonSchema),
  failure: z.optional(TurnFailureSchema),
});
export type Turn = z.infer<typeof TurnSchema>;
