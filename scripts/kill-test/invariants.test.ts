import { expect, test } from "vitest";
import { brokenPromises, type History } from "./invariants.ts";

const kept: History = {
  session: "s",
  accepted: ["a", "b"],
  waiting: [],
  claimed: [],
  done: ["a", "b"],
  bad: [],
  replies: [
    { id: "r-a", replyTo: "a" },
    { id: "r-b", replyTo: "b" },
  ],
  prompted: ["a", "a", "b"],
};
const replyId = (message: string) => `r-${message}`;

test("a history that keeps every promise is clean, even where a turn ran twice", () => {
  expect(brokenPromises(kept, replyId)).toEqual([]);
});

test.each<[string, Partial<History>, string]>([
  ["a lost message", { done: ["a"] }, "b was accepted and is lost"],
  ["a message in two states", { claimed: ["a"] }, "a is in 2 states"],
  ["two replies", { replies: [...kept.replies, { id: "x", replyTo: "a" }] }, "a is done and has 2 replies"],
  ["no reply", { replies: [{ id: "r-a", replyTo: "a" }] }, "b is done and has 0 replies"],
  [
    "a reply under another id",
    {
      replies: [
        { id: "x", replyTo: "a" },
        { id: "r-b", replyTo: "b" },
      ],
    },
    "a is under a foreign id",
  ],
  ["a message that was never run", { prompted: ["a"] }, "b is done and the coding agent never saw it"],
  ["an unfinished message", { waiting: ["c"] }, "c was never finished"],
])("%s is found", (_title, change, words) => {
  expect(brokenPromises({ ...kept, ...change }, replyId).join("\n")).toContain(words);
});
