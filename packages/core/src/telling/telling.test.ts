import { describe, expect, test } from "vitest";
import {
  callText,
  cutLines,
  cutText,
  failureHint,
  failureWords,
  lastWords,
  modelCallText,
  turnFacts,
  withoutCause,
} from "./index.ts";

describe("the arguments of a tool call", () => {
  test.each([
    ["npm test", "npm test"],
    ['{"command":"npm test"}', "npm test"],
    ['{"cmd":["git","log","-1"],"timeout":5}', "git log -1  timeout=5"],
    ['{"path":"src/a.ts","content":"one\\ntwo"}', "src/a.ts  content=one ⏎ two"],
    ['{"oldText":"a","file_path":"/w/b.ts"}', "/w/b.ts  oldText=a"],
    ['{"pattern":"TODO","glob":null,"more":{"a":[1]}}', 'TODO  more={"a":[1]}'],
    ['{"n":1}', "n=1"],
    ["{}", ""],
    ['{"command":"cut in the mid', '{"command":"cut in the mid'],
    ['{"__proto__":{"command":"x"},"command":7}', '__proto__={"command":"x"}  command=7'],
  ])("%s", (text, told) => {
    expect(callText(text)).toBe(told);
  });

  test("are bounded, each and together", () => {
    const long = callText(JSON.stringify({ path: "a", content: "x".repeat(5000) }));
    expect(long).toMatch(/^a {2}content=x{160} … \(4,840 characters more\)$/);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]));
    expect(callText(JSON.stringify(many)).length).toBeLessThan(700);
    expect(callText("y".repeat(100_000)).length).toBeLessThan(700);
  });
});

test("a cut says how much is missing, and halves no character", () => {
  expect(cutText("abc", 3)).toBe("abc");
  expect(cutText("a😀b", 2)).toBe("a … (3 characters more)");
  expect(cutLines("1\n2\n3\n", { lines: 2, width: 9 })).toEqual(["1", "2", "3"]);
  expect(cutLines("1\n2\n3\n4", { lines: 2, width: 9 })).toEqual(["1", "2", "… 2 lines more"]);
});

test("a failure is told in words, with its code and what to do", () => {
  expect(failureWords({ code: "model-unauthorized" })).toBe("the model endpoint refused the key (model-unauthorized)");
  expect(failureHint({ code: "model-request-refused" })).toContain("model's name");
  expect(failureHint({ code: "model-overloaded", retryAt: "12:00" })).toMatch(/^Not before 12:00\. /);
  expect(failureHint({ code: "model-overloaded", retryAt: "12:00" }, () => "noon")).toMatch(/^Not before noon\. /);
  expect(failureWords({ code: "of-a-newer-version" })).toBe("it failed (of-a-newer-version)");
  expect(failureWords({ code: "constructor" })).toBe("it failed (constructor)");
});

test.each([
  [{}, []],
  [{ worktree: { changed: 0, moved: false } }, ["no file changed"]],
  [{ worktree: { changed: 1, moved: false, head: "abc" } }, ["1 file changed"]],
  [{ worktree: { changed: 3, moved: true, head: "1a2b3c4d5e" } }, ["3 files changed, HEAD moved to 1a2b3c4"]],
  [{ worktree: { changed: 3, moved: true } }, ["3 files changed, HEAD names no commit any more"]],
  [{ worktree: { changed: 9000, more: true, moved: false } }, ["at least 9,000 files changed"]],
  [{ usage: { inputTokens: 1, outputTokens: 2000, costUsd: 1.5 } }, ["1 token in, 2,000 tokens out, $1.50"]],
  [{ usage: {} }, []],
  [{ usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } }, []],
])("%j", (facts, lines) => {
  expect(turnFacts(facts)).toEqual(lines);
});

test("a call of the model is told with what the endpoint said", () => {
  expect(modelCallText({ outcome: "broken", status: 200 })).toBe(
    "The model endpoint broke the answer off with HTTP 200.",
  );
  expect(modelCallText({ outcome: "broken", text: "connect ECONNREFUSED" })).toBe(
    "The model endpoint gave no answer: connect ECONNREFUSED",
  );
  expect(modelCallText({ outcome: "refused", status: 529, text: "busy" })).toBe(
    "The model endpoint refused the call with HTTP 529: busy",
  );
});

test.each([
  ["All ", "All good.", "good."],
  ["All good.\n", "All good.", ""],
  ["Something else.", "A reply.", "A reply."],
])("after %j, %j adds %j", (written, whole, rest) => {
  expect(lastWords(written, whole)).toBe(rest);
});

test.each([
  ["The model failed. 401: no", "401: no", ""],
  ["I began.\nThe model failed. 401: no", "401: no", "I began."],
  ["I began.\nThe model failed. 401: no", "The model endpoint answered 401: no", "I began."],
  ["The model failed. 529: busy", "The model endpoint answered 529; 4 calls in a row failed: busy", ""],
  ["I began.\nIt failed. 401: no", "403: never", "I began.\nIt failed. 401: no"],
  ["I began.", "401: no", "I began."],
  ["I began.", undefined, "I began."],
  ["I began.", "", "I began."],
])("%j without %j is %j", (words, cause, rest) => {
  expect(withoutCause(words, cause)).toBe(rest);
});
