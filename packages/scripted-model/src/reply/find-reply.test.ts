import { expect, test } from "vitest";
import type { Entry } from "../conversation/call.ts";
import { parseScript } from "../script/script.ts";
import { findReply } from "./find-reply.ts";

const script = parseScript({
  aside: "A title",
  scenarios: [
    { name: "fix", when: "fix", replies: [[{ run: "a" }, { run: "b" }], [{ run: "c" }], [{ text: "Fixed." }]] },
    { name: "greet", replies: [[{ text: "Hello." }]] },
    { name: "later", replies: [[{ text: "Yes?" }]] },
  ],
});
const marked = parseScript({ scenarios: [{ name: "fix", when: "fix", replies: [[{ run: "a" }]] }] });

const user = (text: string): Entry => ({ kind: "user", text });
const assistant: Entry = { kind: "assistant", text: "" };
const result: Entry = { kind: "result" };
const call = (entries: Entry[], tools = [{ name: "bash", schema: {} }]) => ({
  model: "m",
  stream: false,
  wantsUsage: true,
  system: "",
  entries,
  tools,
});

test.for<[string, Entry[], string, number]>([
  ["begins at its first reply", [user("Please FIX it")], "fix", 0],
  ["waits for both results of a reply", [user("fix"), assistant, result], "fix", 1],
  ["goes on after both results", [user("fix"), assistant, result, result], "fix", 1],
  ["goes on after the next result", [user("fix"), assistant, result, result, assistant, result], "fix", 2],
  ["prefers the newest of two texts", [user("fix"), user("hello")], "fix", 0],
  ["takes the first turn without a marker from the first unmarked scenario", [user("hello")], "greet", 0],
  ["takes the second from the second", [user("hello"), assistant, user("you")], "later", 0],
  ["stays at the last", [user("a"), assistant, user("b"), assistant, user("c")], "later", 0],
])("a conversation %s", ([, entries, scenario, position]) => {
  expect(findReply(script, call(entries))).toMatchObject({ scenario, position });
});

test("a title asked for without tools is an aside, and moves nothing", () => {
  const aside = { scenario: null, steps: [{ text: "A title" }] };
  expect(findReply(script, call([user("Title of: fix it")], []))).toMatchObject(aside);
  expect(findReply(script, call([user("Title of: hello")], []))).toMatchObject({ scenario: "greet" });
});

test("a conversation past the end of its scenario is an error", () => {
  const entries = [user("fix"), assistant, result];
  expect(() => findReply(marked, call(entries))).toThrow(
    'Scenario "fix" has 1 replies, and the conversation is past them',
  );
});

test("a text without any marker is an error where every scenario has one", () => {
  expect(() => findReply(marked, call([user("hello")]))).toThrow('No scenario fits the user text "hello".');
});
