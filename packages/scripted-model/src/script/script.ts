import * as z from "zod";
import { ScriptError } from "./script-error.ts";

const durationMs = z.int().min(0);
const times = z.int().min(1).optional();

const StepSchema = z.union([
  z.strictObject({ text: z.string(), everyMs: durationMs.optional() }),
  z.strictObject({ run: z.string().min(1) }),
  z.strictObject({ write: z.strictObject({ path: z.string().min(1), content: z.string() }) }),
  z.strictObject({ tool: z.string().min(1), input: z.record(z.string(), z.unknown()) }),
  z.strictObject({ delayMs: durationMs }),
  z.strictObject({
    error: z.int().min(400).max(599),
    message: z.string().optional(),
    retryAfterMs: durationMs.optional(),
    times,
  }),
  z.strictObject({ hang: z.literal(true), times }),
  z.strictObject({ disconnect: z.literal(true), times }),
]);
export type Step = z.infer<typeof StepSchema>;

const ReplySchema = z.array(StepSchema);
export type Reply = z.infer<typeof ReplySchema>;

const ScenarioSchema = z.strictObject({
  name: z.string().min(1),
  when: z.string().min(1).optional(),
  replies: z.array(ReplySchema).min(1),
});
export type Scenario = z.infer<typeof ScenarioSchema>;

const ScriptSchema = z.strictObject({
  scenarios: z.array(ScenarioSchema).min(1),
  aside: z.string().optional(),
});
export type Script = z.infer<typeof ScriptSchema>;

/** How many tool calls a reply makes. */
export function countToolCalls(reply: Reply): number {
  return reply.filter((step) => "run" in step || "write" in step || "tool" in step).length;
}

/** Checks data against the script format.
 *  @throws {ScriptError} naming every place that is wrong. */
export function parseScript(data: unknown): Script {
  const parsed = ScriptSchema.safeParse(data);
  if (!parsed.success) throw new ScriptError(`The script is not valid:\n${z.prettifyError(parsed.error)}`, formatHint);
  const mistakes = parsed.data.scenarios.flatMap(findUnreachable);
  if (mistakes.length > 0) throw new ScriptError(mistakes.join("\n"), reachHint);
  return parsed.data;
}

const formatHint = "The README of @harness/scripted-model lists the steps.";
const reachHint =
  "Put what belongs to the same model call into one reply; `times` lets a failing step pass on a retry.";

function findUnreachable({ name, replies }: Scenario): string[] {
  return replies
    .slice(0, -1)
    .flatMap((reply, index) =>
      countToolCalls(reply) > 0
        ? []
        : [
            `Reply ${index + 1} of scenario "${name}" calls no tool and so ends the turn: reply ${index + 2} is never reached.`,
          ],
    );
}
