import type { OfferedTool } from "../conversation/call.ts";
import { ScriptError } from "../script/script-error.ts";
import type { Reply, Step } from "../script/script.ts";
import { callShell } from "../tools/shell-tool.ts";
import type { ToolUse } from "../tools/tool-use.ts";
import { callWriter } from "../tools/write-tool.ts";
import type { Action } from "./action.ts";

/** The actions of a reply for an agent with these tools. `attempt` counts earlier calls at this same point of the
 *  conversation: every one of them has used up one of the `times` of a failing step.
 *  @throws {ScriptError} where a step needs a tool that the agent does not offer. */
export function planReply(steps: Reply, tools: OfferedTool[], attempt: number): Action[] {
  let spent = attempt;
  const actions: Action[] = [];
  for (const step of steps) {
    if ("times" in step && step.times !== undefined) {
      const used = Math.min(spent, step.times);
      spent -= used;
      if (used === step.times) continue;
    }
    actions.push(planStep(step, tools));
  }
  return actions;
}

/** Whether the reply depends on how often it was asked for. */
export function countsAttempts(steps: Reply): boolean {
  return steps.some((step) => "times" in step && step.times !== undefined);
}

function planStep(step: Step, tools: OfferedTool[]): Action {
  if ("text" in step) return { kind: "text", text: step.text, everyMs: step.everyMs ?? 0 };
  if ("run" in step) return { kind: "tool", use: callShell(tools, step.run) ?? noToolFor("run", tools) };
  if ("write" in step) return { kind: "tool", use: callWriter(tools, step.write) ?? noToolFor("write", tools) };
  if ("tool" in step) return { kind: "tool", use: { name: step.tool, input: step.input } };
  if ("delayMs" in step) return { kind: "delay", delayMs: step.delayMs };
  if ("hang" in step) return { kind: "hang" };
  if ("disconnect" in step) return { kind: "disconnect" };
  const { error: status, message = `Scripted failure with status ${status}.`, retryAfterMs } = step;
  return { kind: "fail", failure: { status, message, ...defaultRetry(status, retryAfterMs) } };
}

function defaultRetry(status: number, retryAfterMs: number | undefined): { retryAfterMs?: number } {
  if (retryAfterMs !== undefined) return { retryAfterMs };
  return status === 429 ? { retryAfterMs: 1000 } : {};
}

function noToolFor(step: "run" | "write", tools: OfferedTool[]): ToolUse {
  const offered = tools.map(({ name }) => name).join(", ");
  throw new ScriptError(
    `None of the tools offered can play a "${step}" step: ${offered === "" ? "there are none" : offered}.`,
    'Name the tool and its input yourself: {"tool": …, "input": {…}}.',
  );
}
