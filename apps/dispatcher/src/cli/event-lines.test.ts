import type { Event, EventBody } from "@harness/core";
import { expect, test } from "vitest";
import { eventLines } from "./event-lines.ts";
import { timeOfDay } from "./format.ts";
import type { Terminal } from "./terminal.ts";

const terminal: Terminal = {
  line: () => undefined,
  json: () => undefined,
  note: () => undefined,
  colour: (_, text) => text,
  columns: undefined,
};

const lines = (body: EventBody | Record<string, unknown>) =>
  eventLines({ v: 1, seq: 1, at: "2026-11-23T10:00:00.000Z", ...body } as Event, terminal).map((line) =>
    line.replace(/^\d\d:\d\d:\d\d/, "time"),
  );
const turn = { turn: "t" };
const INDENT = " ".repeat(20);

test.each<[EventBody, string[]]>([
  [
    { type: "turn.started", ...turn, message: "m", attempt: 1, text: "do it", resumed: false },
    ["time  prompt    do it"],
  ],
  [
    { type: "turn.started", ...turn, message: "m", attempt: 2, text: "do it", resumed: true },
    ["time  prompt    do it", "                    (attempt 2: an earlier one may have partly run)"],
  ],
  [{ type: "text.written", ...turn, text: "one\ntwo\n" }, ["time  text      one", "                    two"]],
  [{ type: "tool.called", ...turn, tool: "edit", call: "1", text: "a.ts" }, ["time  tool      edit a.ts"]],
  [
    { type: "tool.called", ...turn, tool: "bash", call: "1", text: '{"command":"npm test","timeout":60}' },
    ["time  tool      bash npm test  timeout=60"],
  ],
  [
    { type: "tool.returned", ...turn, call: "1", ok: true, text: Array.from({ length: 30 }, (_, n) => n).join("\n") },
    ["time  ok        0", ...[1, 2, 3, 4, 5, 6, 7].map((n) => `${INDENT}${n}`), `${INDENT}… 22 lines more`],
  ],
  [{ type: "tool.returned", ...turn, call: "1", ok: false, text: "no" }, ["time  failed    no"]],
  [{ type: "turn.ended", ...turn, stopReason: "end_turn", text: "said before" }, ["time  end       end_turn"]],
  [{ type: "turn.ended", ...turn, stopReason: "failed", text: "why" }, ["time  end       failed", `${INDENT}why`]],
  [
    {
      type: "turn.ended",
      ...turn,
      stopReason: "failed",
      text: "all the text of the turn\nwhy",
      failure: { code: "model-rate-limited", text: "429 slow down", retryAt: "2026-11-23T10:05:00Z" },
      worktree: { changed: 2, moved: true, head: "1a2b3c4d5e6f" },
      usage: { inputTokens: 12_345, outputTokens: 67, costUsd: 0.0123 },
    },
    [
      "time  end       failed: the model endpoint asks to wait (model-rate-limited)",
      `${INDENT}429 slow down`,
      `${INDENT}-> Not before ${timeOfDay("2026-11-23T10:05:00Z")}. Send the prompt again. Later, or with another provider.`,
      `${INDENT}all the text of the turn`,
      `${INDENT}why`,
      `${INDENT}2 files changed, HEAD moved to 1a2b3c4`,
      `${INDENT}12,345 tokens in, 67 tokens out, $0.0123`,
    ],
  ],
  [
    { type: "turn.ended", ...turn, stopReason: "end_turn", text: "", worktree: { changed: 0, moved: false } },
    ["time  end       end_turn", `${INDENT}no file changed`],
  ],
  [{ type: "model.called", ...turn, outcome: "ok", status: 200, durationMs: 5 }, []],
  [
    { type: "model.called", ...turn, outcome: "refused", status: 401, durationMs: 5, text: "bad key" },
    ["time  model     The model endpoint refused the call with HTTP 401: bad key"],
  ],
  [{ type: "message.received", message: "m", kind: "prompt" }, []],
  [{ type: "message.received", message: "m", kind: "cancel" }, ["time  cancel    message m"]],
  [{ type: "session.exited", reason: "stopped" }, ["time  exited    stopped"]],
])("%j", (body, expected) => {
  expect(lines(body)).toEqual(expected);
});

test("an event of a newer version is shown as it is", () => {
  expect(lines({ type: "moon.risen", phase: "full" })).toEqual(['time  event     moon.risen {"phase":"full"}']);
});

test("a damaged event of a known type does not end the log", () => {
  expect(lines({ type: "text.written" })).toEqual(["time  event     text.written {}"]);
  expect(lines({ type: "context.changed", fields: 7 })).toHaveLength(1);
});

test("what a coding agent wrote is text", () => {
  expect(lines({ type: "text.written", ...turn, text: "\u001b[2Ja\u001b]0;b\u0007c" })).toEqual(["time  text      ac"]);
});
