import * as z from "zod/mini";
import type { Event } from "./event.ts";
import { IdSchema } from "./session.ts";
import { StopReasonSchema, TurnFailureSchema, UsageSchema, WorktreeFactsSchema } from "./turn.ts";

const body = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), ...shape });

const turn = { turn: z.string() };
const text = { text: z.string() };

/** What an event says. Events are past facts, never instructions. */
export const EventBodySchema = z.discriminatedUnion("type", [
  body("session.started", { generation: z.optional(z.number()), pid: z.number() }),
  body("session.degraded", text),
  body("session.parked", {}),
  body("session.exited", { reason: z.string() }),
  body("session.closed", { reason: z.optional(z.string()) }),
  body("setup.started", { task: z.enum(["setup", "teardown"]), attempt: z.number(), command: z.array(z.string()) }),
  body("setup.ended", {
    task: z.enum(["setup", "teardown"]),
    ok: z.boolean(),
    durationMs: z.number(),
    reason: z.optional(z.string()),
  }),
  body("message.received", { message: IdSchema, kind: z.string() }),
  body("message.rejected", { message: z.string(), reason: z.string() }),
  body("message.amended", { message: IdSchema }),
  body("turn.started", { ...turn, message: IdSchema, attempt: z.number(), text: z.string(), resumed: z.boolean() }),
  body("turn.ended", {
    ...turn,
    stopReason: StopReasonSchema,
    text: z.string(),
    usage: z.optional(UsageSchema),
    failure: z.optional(TurnFailureSchema),
    worktree: z.optional(WorktreeFactsSchema),
  }),
  /** The model endpoint answered, or did not: `status` is its HTTP status, absent where none came. */
  body("model.called", {
    ...turn,
    outcome: z.enum(["ok", "refused", "broken", "aborted"]),
    status: z.optional(z.number()),
    durationMs: z.number(),
    text: z.optional(z.string()),
  }),
  body("text.written", { ...turn, ...text }),
  body("tool.called", { ...turn, tool: z.string(), call: z.string(), text: z.optional(z.string()) }),
  body("tool.returned", { ...turn, call: z.string(), ok: z.boolean(), text: z.optional(z.string()) }),
  body("question.asked", { ...turn, question: IdSchema, ...text }),
  body("question.answered", { ...turn, question: IdSchema, answer: z.string() }),
  body("context.changed", { fields: z.array(z.string()) }),
  /** A connection to what is not on the session's list; `more` counts those before it that are not told one by one. */
  body("network.refused", { target: z.string(), reason: z.string(), more: z.optional(z.number()) }),
  body("warning.raised", { code: z.string(), ...text }),
  body("output.dropped", { ...turn, bytes: z.number() }),
]);
export type EventBody = z.infer<typeof EventBodySchema>;
/** An event of a type that this version knows. */
export type KnownEvent = Event & EventBody;
