import type { TurnFailure, Usage } from "@harness/core";
import { collectText, type ReplyText } from "../../reply.ts";
import type { DriverEvent } from "../driver.ts";
import { dig } from "./failure.ts";
import { isRecord, type Frame } from "./frames.ts";
import { clip, jsonText, oneLine } from "./text.ts";
import { describeCall, describeResult, withoutText } from "./tool-call.ts";

const ID_LIMIT = 200;
const TITLE_LIMIT = 200;
const NOTE_LIMIT = 1024;
/** Calls and unknown kinds that are remembered, and notes that are told, in one turn. */
const CALLS = 2_000;
const KINDS = 20;
const NOTES = 50;

// Told by the protocol, no event of a turn. They are in the log of frames.
const UNTOLD = new Set([
  "user_message_chunk",
  "available_commands_update",
  "current_mode_update",
  "config_option_update",
  "compaction_update",
  "compaction_summary_chunk",
]);

/** Reads the updates of one turn. What they say is hostile: sizes are bounded, and nothing needs to be there. */
export interface UpdateReader {
  /** The events that an update means. */
  read(update: unknown): DriverEvent[];
  /** The same for an update that was too long to be read, of which there is only the beginning. */
  readCut(head: string, bytes: number): DriverEvent[];
  /** US dollars since the turn began, where the agent counts them. */
  cost(): number | undefined;
  /** US dollars since the conversation began. */
  total(): number | undefined;
  /** The agent said that its turn failed, whatever the answer to the prompt will say. */
  failure(): TurnFailure | null;
}

interface Call {
  returned: boolean;
  /** What its command wrote so far, where the agent streams that. */
  readonly output: ReplyText;
}

const OUTPUT_KEPT = { head: 1024, tail: 3 * 1024 };

/** `costBefore`: what the conversation had cost when the turn began; undefined where that is not known. */
export function createUpdateReader(costBefore: number | undefined): UpdateReader {
  const calls = new Map<string, Call>();
  const unknown = new Set<string>();
  let total = costBefore;
  let counted = false;
  let notes = 0;
  let interrupted = false;
  let midLine = false;
  let failure: TurnFailure | null = null;

  function read(update: unknown): DriverEvent[] {
    if (!isRecord(update)) return note("update-unreadable", "An update of the coding agent had no content.");
    const kind = update["sessionUpdate"];
    switch (kind) {
      case "agent_message_chunk":
        return readText(update);
      case "agent_thought_chunk":
        return [{ type: "stirred", what: "thoughts" }];
      case "plan":
        return [{ type: "stirred", what: "a plan" }];
      case "tool_call":
        return [...open(update), ...close(update)];
      case "tool_call_update":
        return [...(calls.has(callId(update)) ? [] : open(update)), ...close(update)];
      case "usage_update":
        return readCost(update);
      case "session_info_update":
        return readInfo(update);
      case "notice":
        return note("agent-notice", [update["title"], update["description"]].filter(isText).join(": "));
      default:
        return typeof kind === "string" && UNTOLD.has(kind) ? [] : readUnknown(kind);
    }
  }

  // A call whose result nobody hears of would stay open.
  function readCut(head: string, bytes: number): DriverEvent[] {
    const find = (name: string) => new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]{1,${ID_LIMIT}})"`).exec(head)?.[1];
    if (!find("sessionUpdate")?.startsWith("tool_call")) return [];
    const [toolCallId, title, status] = ["toolCallId", "title", "status"].map(find);
    return read({ sessionUpdate: "tool_call_update", toolCallId, title, status, rawOutput: `(${bytes} bytes)` });
  }

  function note(code: string, text: string): DriverEvent[] {
    notes += 1;
    return text === "" || notes > NOTES ? [] : [{ type: "noted", code, text: clip(text, NOTE_LIMIT) }];
  }

  function readText(update: Frame): DriverEvent[] {
    const text = dig(update, ["content", "text"]);
    if (!isText(text)) return readUnknown(`message of ${jsonText(dig(update, ["content", "type"]), 50)}`);
    if (text === "") return [];
    // What is said after a tool was used is a message of its own.
    const separator = interrupted && midLine ? "\n" : "";
    interrupted = false;
    midLine = !text.endsWith("\n");
    return [{ type: "text", text: `${separator}${text}` }];
  }

  function open(update: Frame): DriverEvent[] {
    const call = callId(update);
    if (call === "" || calls.has(call)) return [];
    if (calls.size >= CALLS) return readUnknown(`tool call beyond ${CALLS}`);
    calls.set(call, { returned: false, output: collectText(OUTPUT_KEPT) });
    const text = describeCall(update);
    interrupted = true;
    return [{ type: "tool.called", call, tool: toolName(update, text), ...(text === "" ? {} : { text }) }];
  }

  function close(update: Frame): DriverEvent[] {
    const { status } = update;
    const call = callId(update);
    const known = calls.get(call);
    if (!known || known.returned) return [];
    for (const name of ["terminal_output", "terminal_output_delta"]) {
      const output = dig(update, ["_meta", name, "data"]);
      if (isText(output)) known.output.add(output);
    }
    if (status !== "completed" && status !== "failed") return [];
    known.returned = true;
    const text = describeResult(update) || known.output.text();
    return [{ type: "tool.returned", call, ok: status === "completed", ...(text === "" ? {} : { text }) }];
  }

  function readCost(update: Frame): DriverEvent[] {
    const amount = dig(update, ["cost", "amount"]);
    const currency = dig(update, ["cost", "currency"]);
    if (typeof amount !== "number" || !Number.isFinite(amount) || amount < 0 || currency !== "USD") return [];
    total = amount;
    counted = true;
    return [];
  }

  function readInfo(update: Frame): DriverEvent[] {
    if (dig(update, ["_meta", "codex", "threadStatus", "type"]) === "systemError") {
      failure = { code: "agent-failed", text: "The coding agent says that its conversation broke (systemError)." };
    }
    return [];
  }

  function readUnknown(kind: unknown): DriverEvent[] {
    const name = oneLine(isText(kind) ? kind : "(none)", 100);
    if (unknown.has(name) || unknown.size >= KINDS) return [];
    unknown.add(name);
    return note(
      "update-unknown",
      `The coding agent told something of the kind ${JSON.stringify(name)}, which is not told here. It is in log/turns.`,
    );
  }

  return {
    read,
    readCut,
    cost: () => (!counted || costBefore === undefined ? undefined : Math.max(0, (total ?? 0) - costBefore)),
    total: () => total,
    failure: () => failure,
  };
}

/** `usage` of the answer to a prompt; null where the agent counts nothing. Pure. */
export function readUsage(answer: unknown, costUsd: number | undefined): Usage | undefined {
  const count = (name: string) => {
    const found = dig(answer, ["usage", name]);
    return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
  };
  const inputTokens = count("inputTokens");
  const outputTokens = count("outputTokens");
  const usage: Usage = {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
  return Object.keys(usage).length === 0 ? undefined : usage;
}

/** What the agent calls it, where that is not just what it was called with. */
function toolName({ title, kind, name }: Frame, text: string): string {
  const names = [title, name, kind].filter((each) => isText(each) && each !== "") as string[];
  const found = oneLine(names.find((each) => each !== text) ?? names[0] ?? "tool", TITLE_LIMIT);
  return withoutText(found, text);
}

function callId(update: Frame): string {
  const { toolCallId } = update;
  return isText(toolCallId) ? clip(toolCallId, ID_LIMIT) : "";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
