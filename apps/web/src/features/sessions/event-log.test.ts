import { describe, expect, test } from "vitest";
import type { SessionEvent } from "../../lib/shapes.ts";
import { applyToLog, EMPTY_LOG, ROWS_AT_MOST, type LogRow } from "./event-log.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
type Fields = Record<string, unknown> & { type: string };

/** The events numbered from 1, a second apart. */
const events = (...all: Fields[]): SessionEvent[] =>
  all.map((fields, index) => ({ v: 1, seq: index + 1, at: at(index + 1), ...fields }));
const rowsOf = (...all: Fields[]) => applyToLog(EMPTY_LOG, events(...all)).rows;
const told = (rows: readonly LogRow[]) => rows.map(({ seq: _seq, at: _at, ...row }) => row);

const started = { type: "turn.started", turn: "t", message: "m1", attempt: 1, resumed: false, text: "Do it." };
const said = (text: string) => ({ type: "text.written", turn: "t", text });
const called = (call: string) => ({ type: "tool.called", turn: "t", call, tool: "run", text: "npm test" });
const ended = (text: string) => ({ type: "turn.ended", turn: "t", stopReason: "end_turn", text });

describe("events become rows", () => {
  test.each<[string, Fields[], Partial<LogRow>[]]>([
    [
      "a turn",
      [started, said("Done."), ended("Done.")],
      [
        { kind: "prompt", message: "m1", text: "Do it.", attempt: 1, resumed: false },
        { kind: "text", text: "Done." },
        { kind: "end", stopReason: "end_turn", text: "", ranMs: 2000 },
      ],
    ],
    ["pieces of text are one text", [said("Hel"), said("lo"), said("\n")], [{ kind: "text", text: "Hello\n" }]],
    [
      "text after something else begins anew",
      [said("a"), called("1"), said("b")],
      [
        { kind: "text", text: "a" },
        { kind: "tool", call: "1", tool: "run", text: "npm test" },
        { kind: "text", text: "b" },
      ],
    ],
    [
      "a result joins its call",
      [called("1"), called("2"), { type: "tool.returned", turn: "t", call: "1", ok: false, text: "no" }],
      [
        { kind: "tool", call: "1", tool: "run", text: "npm test", result: { ok: false, text: "no" } },
        { kind: "tool", call: "2", tool: "run", text: "npm test" },
      ],
    ],
    ["a result without its call is passed over", [{ type: "tool.returned", turn: "t", call: "9", ok: true }], []],
    [
      "an answer joins its question",
      [
        { type: "question.asked", turn: "t", question: "q", text: "Port?" },
        { type: "question.answered", turn: "t", question: "q", answer: "80" },
      ],
      [{ kind: "question", question: "q", text: "Port?", answer: "80" }],
    ],
    [
      "a question ends with its turn",
      [{ type: "question.asked", turn: "t", question: "q", text: "Port?" }, ended("")],
      [
        { kind: "question", question: "q", text: "Port?", isOver: true },
        { kind: "end", stopReason: "end_turn", text: "" },
      ],
    ],
    [
      "arguments are made readable",
      [{ type: "tool.called", turn: "t", call: "1", tool: "bash", text: '{"command":"npm test"}' }],
      [{ kind: "tool", call: "1", tool: "bash", text: "npm test" }],
    ],
    ["a call of the model that went well is not told", [{ type: "model.called", turn: "t", outcome: "ok" }], []],
    [
      "one that did not is a note",
      [{ type: "model.called", turn: "t", outcome: "refused", status: 401, durationMs: 1, text: "bad key" }],
      [{ kind: "note", text: "The model endpoint refused the call with HTTP 401: bad key", isWarning: true }],
    ],
    [
      "a turn ends with why it failed and what it did",
      [
        {
          ...ended("It began.\nThe model failed. 401 invalid x-api-key"),
          stopReason: "failed",
          failure: { code: "model-unauthorized", text: "401 invalid x-api-key" },
          worktree: { changed: 1, moved: false },
          usage: { inputTokens: 5, outputTokens: "many" },
        },
      ],
      [
        {
          kind: "end",
          stopReason: "failed",
          text: "It began.",
          failure: {
            words: "the model endpoint refused the key (model-unauthorized)",
            text: "401 invalid x-api-key",
            hint: expect.stringContaining("harness credential test") as string,
          },
          facts: ["1 file changed", "5 tokens in"],
        },
      ],
    ],
    [
      "an end with junk in its facts is still an end",
      [{ ...ended(""), failure: "x", worktree: [], usage: 7 }],
      [{ kind: "end", stopReason: "end_turn", text: "" }],
    ],
    ["a received message shows itself elsewhere", [{ type: "message.received", message: "m", kind: "prompt" }], []],
    [
      "a warning is a note",
      [{ type: "warning.raised", code: "x", text: "Slow." }],
      [{ kind: "note", text: "Warning: Slow.", isWarning: true }],
    ],
    [
      "an unknown event is named",
      [{ type: "moon.rose", phase: "full" }],
      [{ kind: "note", text: 'moon.rose {"phase":"full"}', isWarning: false }],
    ],
    ["fields of a wrong kind do no harm", [{ type: "text.written", text: { evil: 1 } }], [{ kind: "text", text: "" }]],
  ])("%s", (_, all, expected) => {
    expect(told(rowsOf(...all))).toEqual(expected);
  });
});

describe("the end of a turn says only what was not said", () => {
  test.each([
    [["All ", "good."], "All good.", ""],
    [["All good.\n"], "All good.", ""],
    [["All good."], "All good.\nIt ran out of time.", "It ran out of time."],
    [[], "A reply.", "A reply."],
    [["Something else."], "A reply.", "A reply."],
  ])("%j, then %j", (texts, reply, last) => {
    expect(told(rowsOf(started, ...texts.map(said), ended(reply))).at(-1)).toMatchObject({ kind: "end", text: last });
  });
});

test("a stream that begins again adds nothing twice", () => {
  const all = events(started, said("a"), called("1"));
  const once = applyToLog(EMPTY_LOG, all);
  expect(applyToLog(once, all)).toBe(once);
  expect(applyToLog(applyToLog(EMPTY_LOG, all.slice(0, 2)), all)).toEqual(once);
});

test("events are applied in their own order", () => {
  const all = events(started, said("a"), said("b"), ended("ab"));
  expect(applyToLog(EMPTY_LOG, all.toReversed())).toEqual(applyToLog(EMPTY_LOG, all));
});

test("what is no event is passed over", () => {
  expect(applyToLog(EMPTY_LOG, [{ type: "x", at: "", v: 1 } as unknown as SessionEvent])).toBe(EMPTY_LOG);
});

test("a long life keeps its newest rows", () => {
  const many = events(...Array.from({ length: ROWS_AT_MOST + 10 }, (_, index) => called(String(index))));
  const log = applyToLog(EMPTY_LOG, many);
  expect(log.rows).toHaveLength(ROWS_AT_MOST);
  expect(log.dropped).toBe(10);
  expect(log.rows.at(-1)?.seq).toBe(ROWS_AT_MOST + 10);
});
