import { expect, test } from "vitest";
import { planReply } from "./plan-reply.ts";

const kinds = (actions: ReturnType<typeof planReply>) => actions.map(({ kind }) => kind);

test.for([
  [0, ["fail", "text", "hang", "text"]],
  [1, ["fail", "text", "hang", "text"]],
  [2, ["text", "hang", "text"]],
  [3, ["text", "text"]],
  [9, ["text", "text"]],
] as const)("after %i earlier attempts, failing steps that were used up are passed over", ([attempt, expected]) => {
  const steps = [{ error: 529, times: 2 }, { text: "half" }, { hang: true as const, times: 1 }, { text: "whole" }];
  expect(kinds(planReply(steps, [], attempt))).toEqual(expected);
});

test("a failing step without `times` always fails, and a 429 says when to come back", () => {
  expect(planReply([{ error: 429 }], [], 7)).toEqual([
    { kind: "fail", failure: { status: 429, message: "Scripted failure with status 429.", retryAfterMs: 1000 } },
  ]);
});

test("a step that needs a tool which is not offered names those that are", () => {
  const tools = [{ name: "read", schema: {} }];
  expect(() => planReply([{ run: "ls" }], tools, 0)).toThrow('None of the tools offered can play a "run" step: read.');
  expect(() => planReply([{ write: { path: "a", content: "" } }], [], 0)).toThrow("there are none");
});
