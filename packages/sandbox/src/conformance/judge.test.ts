import { expect, it } from "vitest";
import { held, judgeWays, type Attempt, type Outside } from "./attempt.ts";
import { isHeld, judge, worseOf } from "./judge.ts";
import type { Told } from "./try-all.ts";

const outside = {} as Outside;
const attempt = (witness?: Attempt["witness"]): Attempt => ({
  id: "one",
  rows: ["A00"],
  title: "try",
  expected: "nothing",
  attempt: () => held(""),
  ...(witness ? { witness } : {}),
});
const told = (verdict: Told["verdict"]): Told[] => [{ id: "one", verdict, seen: "inside", tookMs: 1 }];
const verdict = (one: Attempt, all: readonly Told[], look: Outside | null) => judge([one], all, look)[0]?.verdict;

it.each([
  ["what was seen inside stands where nothing can be seen outside", attempt(), told("escaped"), outside, "escaped"],
  ["what arrived outside decides", attempt(() => "arrived"), told("held"), outside, "escaped"],
  ["what seemed to get through and did not arrive is held", attempt(() => null), told("escaped"), outside, "held"],
  [
    "what the outside alone can see is not held because nobody looked",
    attempt(() => null),
    told("unseen"),
    null,
    "not tried",
  ],
  [
    "what was not made is not held because nothing arrived",
    attempt(() => null),
    told("not tried"),
    outside,
    "not tried",
  ],
  ["what nothing was heard of was not made", attempt(() => null), [], outside, "not tried"],
])("%s", (_, one, all, look, expected) => {
  expect(verdict(one, all, look)).toBe(expected);
});

it("holds only where each attempt was made and held", () => {
  const results = judge([attempt()], told("held"), outside);
  expect(isHeld(results)).toBe(true);
  expect(isHeld([...results, ...judge([attempt()], [], outside)])).toBe(false);
  expect(isHeld([])).toBe(false);
  expect(worseOf(results, judge([attempt(() => "later")], told("held"), outside))[0]?.verdict).toBe("escaped");
});

it("one way through is enough", () => {
  const shut = { way: "a", through: false, seen: "EPERM" };
  expect(judgeWays([shut, { ...shut, way: "b" }])).toEqual(held("EPERM (2 times)"));
  expect(judgeWays([shut, { way: "b", through: true, seen: "done" }])).toEqual({ verdict: "escaped", seen: "b: done" });
});
