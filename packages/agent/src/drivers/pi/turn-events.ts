import type { StopReason, Usage } from "@harness/core";
import type { DriverEvent } from "../driver.ts";
import { classifyFailure } from "./failure.ts";
import { textBlocks, type Frame, type PiMessage } from "./frame.ts";
import { createTextStream } from "./text-stream.ts";

const NAME_LIMIT = 200;
const CALL_TEXT = 4 * 1024;
const RESULT_TEXT = 16 * 1024;
const ARGUMENT_TEXT = 400;
const MOST_ARGUMENTS = 16;
const MOST_CALLS = 1_000;

type End = Extract<DriverEvent, { type: "turn.ended" }>;

/** One turn's frames as events. */
export interface TurnEvents {
  /** Pi has completed a message of the model: from here on it keeps the conversation in a file. */
  readonly answered: boolean;
  take(frame: Frame): DriverEvent[];
  /** What was written and never became a message. */
  rest(): DriverEvent[];
  /** How the turn ended, once it has. */
  end(now: number): End;
}

export function createTurnEvents(): TurnEvents {
  const stream = createTextStream();
  let last: PiMessage | null = null;
  let usage: Usage | undefined;
  const open = new Set<string>();

  /** Pi asks its model again when all calls have returned. Of one that returned a picture the frame was too long to be read. */
  function closeCalls(): DriverEvent[] {
    const calls = [...open];
    open.clear();
    return calls.map((call) => ({ type: "tool.returned", call, ok: true, text: "(more than can be shown)" }));
  }

  function takeMessage(message: PiMessage): DriverEvent[] {
    if (message.role !== "assistant") return [];
    last = message;
    usage = addUsage(usage, message);
    return textEvents(stream.end(textBlocks(message.content)));
  }

  return {
    get answered() {
      return last !== null;
    },
    take(frame) {
      switch (frame.type) {
        case "message_update": {
          const { type, contentIndex = 0, delta = "" } = frame.assistantMessageEvent;
          if (type === "text_delta") return textEvents(stream.add(contentIndex, delta));
          // Thoughts, and the input of a tool call while it is being written.
          return [{ type: "stirred", what: "a message being written" }];
        }
        case "message_end":
          return takeMessage(frame.message);
        case "tool_execution_start": {
          const call = cut(frame.toolCallId);
          if (open.size < MOST_CALLS) open.add(call);
          return [{ type: "tool.called", call, tool: cut(frame.toolName), text: describeCall(frame.args) }];
        }
        case "tool_execution_end": {
          const call = cut(frame.toolCallId);
          open.delete(call);
          const text = tail(textBlocks(frame.result.content).join("\n"), RESULT_TEXT);
          return [{ type: "tool.returned", call, ok: !frame.isError, text }];
        }
        case "auto_retry_start":
          return [{ type: "noted", code: "model-retried", text: describeRetry(frame) }];
        case "turn_start":
        case "agent_settled":
          return closeCalls();
        case "response":
        case "extension_ui_request":
          return [];
      }
    },
    rest: () => textEvents(stream.end([])),
    end: (now) => ({ type: "turn.ended", ...endOf(last, now), ...(usage && { usage }) }),
  };
}

function textEvents(text: string): DriverEvent[] {
  return text === "" ? [] : [{ type: "text", text }];
}

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: "end_turn",
  toolUse: "end_turn",
  length: "max_tokens",
};

/** What the last message of the model says about the turn. Pure. */
function endOf(last: PiMessage | null, now: number): Omit<End, "type"> {
  const stopReason = STOP_REASONS[last?.stopReason ?? ""];
  if (stopReason) return { stopReason };
  if (last?.stopReason === "error") {
    const failure = classifyFailure(last.errorMessage ?? "", now);
    return { stopReason: "failed", note: `The model failed. ${failure.text}`, failure };
  }
  const text = last
    ? `Pi ended the turn as ${JSON.stringify(cut(last.stopReason ?? ""))}, which nobody asked for.`
    : "Pi ended the turn without an answer of the model.";
  return { stopReason: "failed", note: text, failure: { code: "agent-failed", text } };
}

function addUsage(sum: Usage | undefined, { usage }: PiMessage): Usage | undefined {
  if (!usage) return sum;
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0, cost } = usage;
  const costUsd = (sum?.costUsd ?? 0) + (cost?.total ?? 0);
  return {
    inputTokens: (sum?.inputTokens ?? 0) + input + cacheRead + cacheWrite,
    outputTokens: (sum?.outputTokens ?? 0) + output,
    // Zero is what Pi counts for a model whose price it does not know.
    ...(costUsd > 0 && { costUsd }),
  };
}

/** What a tool is called with: a command as it stands, anything else as JSON with its long texts cut. */
function describeCall(args: unknown): string {
  if (typeof args !== "object" || args === null) return "";
  const { command } = args as { command?: unknown };
  if (typeof command === "string") return command.slice(0, CALL_TEXT);
  const short = Object.entries(args).map(([name, value]) => [cut(name), shorten(value)]);
  return JSON.stringify(Object.fromEntries(short.slice(0, MOST_ARGUMENTS)));
}

function shorten(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > ARGUMENT_TEXT ? `${text.slice(0, ARGUMENT_TEXT)}…` : text;
}

function describeRetry({ attempt, maxAttempts, delayMs, errorMessage }: Extract<Frame, { type: "auto_retry_start" }>) {
  const { text } = classifyFailure(errorMessage, 0);
  return `The model failed and is asked again in ${Math.round(delayMs / 1000)} s (${attempt} of ${maxAttempts}). ${text}`;
}

function cut(name: string): string {
  return name.slice(0, NAME_LIMIT);
}

/** The end says more about a command than its beginning. */
function tail(text: string, limit: number): string {
  return text.length > limit ? `…${text.slice(-limit)}` : text;
}
