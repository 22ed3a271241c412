import { describe, expect, it } from "vitest";
import { parseFrame } from "./frame.ts";
import { createTurnEvents } from "./turn-events.ts";

function play(...frames: object[]) {
  const turn = createTurnEvents();
  const events = frames.flatMap((frame) => {
    const parsed = parseFrame(JSON.stringify(frame));
    if (!parsed) throw new Error(`no frame: ${JSON.stringify(frame)}`);
    return turn.take(parsed);
  });
  return { events, end: turn.end(0), answered: turn.answered };
}

const message = (more: object) => ({ type: "message_end", message: { role: "assistant", content: [], ...more } });

describe("a turn of Pi", () => {
  it.each([
    [{ stopReason: "stop" }, { stopReason: "end_turn" }],
    [{ stopReason: "length" }, { stopReason: "max_tokens" }],
    [
      { stopReason: "error", errorMessage: "terminated" },
      { stopReason: "failed", failure: { code: "model-failed" } },
    ],
    [{ stopReason: "aborted" }, { stopReason: "failed", failure: { code: "agent-failed" } }],
    [{ stopReason: "deferred" }, { stopReason: "failed", failure: { code: "agent-failed" } }],
    [{}, { stopReason: "failed", failure: { code: "agent-failed" } }],
  ])("whose last message is %j ends so", (last, end) => {
    expect(play(message({ stopReason: "stop" }), message(last)).end).toMatchObject(end);
  });

  it("without an answer of the model is none", () => {
    expect(play({ type: "agent_settled" })).toMatchObject({
      answered: false,
      end: { failure: { code: "agent-failed" } },
    });
  });

  it("costs what all its messages cost", () => {
    const usage = { input: 10, output: 2, cacheRead: 100, cacheWrite: 5, cost: { total: 0.25 } };
    const { end } = play(message({ stopReason: "toolUse", usage }), message({ stopReason: "stop", usage }));
    expect(end.usage).toEqual({ inputTokens: 230, outputTokens: 4, costUsd: 0.5 });
  });

  it.each([
    [{ command: "ls -l", timeout: 5 }, "ls -l"],
    [{ path: "a", content: "x".repeat(1000) }, `{"path":"a","content":"${"x".repeat(400)}…"}`],
    [{ edits: [{ oldText: "a" }], all: true }, '{"edits":"[{\\"oldText\\":\\"a\\"}]","all":true}'],
    ["text", ""],
    [null, ""],
  ])("tells a call with %j", (args, text) => {
    const { events } = play({ type: "tool_execution_start", toolCallId: "c".repeat(500), toolName: "t", args });
    expect(events).toEqual([{ type: "tool.called", call: "c".repeat(200), tool: "t", text }]);
  });

  it("tells the end of a long result", () => {
    const content = [{ type: "text", text: `${"x".repeat(50_000)}the end` }, { type: "image" }];
    const [event] = play({ type: "tool_execution_end", toolCallId: "c", isError: true, result: { content } }).events;
    expect(event).toMatchObject({ type: "tool.returned", ok: false, text: expect.stringMatching(/^…x+the end$/) });
  });
});
