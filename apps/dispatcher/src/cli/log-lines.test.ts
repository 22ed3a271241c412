import type { EventBody } from "@harness/core";
import { describe, expect, test } from "vitest";
import { createLogLines } from "./log-lines.ts";
import type { Terminal } from "./terminal.ts";

const terminal: Terminal = {
  line: () => undefined,
  json: () => undefined,
  note: () => undefined,
  colour: (_, text) => text,
  columns: undefined,
};
const INDENT = " ".repeat(20);
const turn = { turn: "t" };
const say = (text: string): EventBody => ({ type: "text.written", ...turn, text });
const call = (id: string, tool: string): EventBody => ({ type: "tool.called", ...turn, call: id, tool, text: "x" });
const give = (id: string): EventBody => ({ type: "tool.returned", ...turn, call: id, ok: true, text: "y" });
const begin: EventBody = { type: "turn.started", ...turn, message: "m", attempt: 1, text: "go", resumed: false };
const end = (text: string): EventBody => ({ type: "turn.ended", ...turn, stopReason: "end_turn", text });

/** What each event adds, and what is left at the end. */
function told(events: EventBody[], options: { tools?: boolean } = {}): string[][] {
  const lines = createLogLines(terminal, options);
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const steps = events.map((body, index) => lines.add({ v: 1, seq: index + 1, at: at(index), ...body }));
  return [...steps, lines.flush()].map((step) => step.map((line) => line.replace(/^\d\d:\d\d:\d\d/, "time")));
}

describe("pieces of a text are one text", () => {
  test("each line is told when it is whole", () => {
    expect(told([say("Hel"), say("lo.\nI lo"), say("ok at it\nthen"), say("\n")])).toEqual([
      [],
      ["time  text      Hello."],
      [`${INDENT}I look at it`],
      [`${INDENT}then`],
      [],
    ]);
  });

  test("what has no line end is told when something else happens, or nothing more", () => {
    expect(told([say("\n\nI run"), say(" it."), call("1", "bash"), say("Done.")])).toEqual([
      [],
      [],
      ["time  text      I run it.", "time  tool      bash x"],
      [],
      ["time  text      Done."],
    ]);
  });

  test("paragraphs stay apart, and nothing hangs below the last", () => {
    expect(told([say("\none\n\n"), say("two\n\n\n"), call("1", "bash")])).toEqual([
      ["time  text      one"],
      ["", `${INDENT}two`],
      ["time  tool      bash x"],
      [],
    ]);
  });

  test("what is not shown does not cut a text in two", () => {
    const quiet: EventBody = { type: "model.called", ...turn, outcome: "ok", durationMs: 1 };
    expect(told([say("a"), quiet, say("b\n")]).flat()).toEqual(["time  text      ab"]);
  });

  test("an escape sequence in two pieces is taken out", () => {
    expect(told([say("a\u001b[3"), say("1mb\n")]).flat()).toEqual(["time  text      ab"]);
  });

  test("hidden tool calls still part what was said before from what was said after", () => {
    expect(told([say("a"), call("1", "bash"), give("1"), say("b")], { tools: false }).flat()).toEqual([
      "time  text      a",
      "time  text      b",
    ]);
  });
});

test("a result names its tool when others were called since", () => {
  expect(told([call("1", "read"), call("2", "bash"), give("2"), give("1")]).flat()).toEqual([
    "time  tool      read x",
    "time  tool      bash x",
    "time  ok        y",
    "time  ok        read: y",
  ]);
});

test("the end of a turn tells how long it ran, and says again nothing that was said", () => {
  expect(told([begin, say("All good."), end("All good.")]).at(-2)).toEqual([
    "time  text      All good.",
    "time  end       end_turn after 2 s",
  ]);
  expect(told([begin, end("All good.")]).at(-2)).toEqual(["time  end       end_turn after 1 s", `${INDENT}All good.`]);
});
