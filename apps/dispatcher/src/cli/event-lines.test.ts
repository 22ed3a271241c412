import type { Event, EventBody } from "@harness/core";
import { expect, test } from "vitest";
import { eventLines } from "./event-lines.ts";
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
  [{ type: "tool.returned", ...turn, call: "1", ok: false, text: "no" }, ["time  failed    no"]],
  [{ type: "turn.ended", ...turn, stopReason: "end_turn", text: "said before" }, ["time  end       end_turn"]],
  [{ type: "turn.ended", ...turn, stopReason: "failed", text: "why" }, ["time  end       failed: why"]],
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
