import { expect, test } from "vitest";
import type { Entry } from "./call.ts";
import { readTurn, stripNotes } from "./read-turn.ts";

const user = (text: string): Entry => ({ kind: "user", text });
const assistant: Entry = { kind: "assistant", text: "" };
const result: Entry = { kind: "result" };

test.for<[string, Entry[], ReturnType<typeof readTurn>]>([
  ["the first turn", [user("one")], { texts: ["one"], number: 0, results: 0 }],
  [
    "a turn with two tool results",
    [user("one"), assistant, result, assistant, result],
    { texts: ["one"], number: 0, results: 2 },
  ],
  ["two results of one reply", [user("one"), assistant, result, result], { texts: ["one"], number: 0, results: 2 }],
  [
    "a second turn",
    [user("one"), assistant, result, assistant, user("two")],
    { texts: ["two"], number: 1, results: 0 },
  ],
  ["texts side by side", [user("context"), user("one")], { texts: ["one", "context"], number: 0, results: 0 }],
  [
    "a text between tool results",
    [user("one"), assistant, result, user("stop")],
    { texts: ["stop"], number: 1, results: 0 },
  ],
  [
    "a note between tool results",
    [user("one"), assistant, result, user("<system-reminder>\nBe brief.\n</system-reminder>")],
    { texts: ["one"], number: 0, results: 1 },
  ],
  ["nobody has said anything", [assistant], { texts: [], number: -1, results: 0 }],
])("a conversation is in %s", ([, entries, turn]) => {
  expect(readTurn(entries)).toEqual(turn);
});

test.for([
  ["fix it\n<turn-context>\n<current-time>now</current-time>\n</turn-context>", "fix it"],
  ['<environment_context>\n  <cwd>/tmp</cwd>\n  <p type="x" />\n</environment_context>', ""],
  ["<a>one</a>\nfix it\n<b>two</b>", "fix it"],
  ["make <b>this</b> bold", "make <b>this</b> bold"],
  ["a < b and c > d", "a < b and c > d"],
])("of %j the person said %j", ([text, said]) => {
  expect(stripNotes(text ?? "")).toBe(said);
});
