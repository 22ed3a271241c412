import { expect, test } from "vitest";
import { choosePairs, type Contender, hasToMerge, mergeKey, planMerges } from "./pairs.ts";

const session = (id: string, facts: Partial<Contender> = {}): Contender => ({
  id,
  tip: `tip-${id}`,
  target: { oid: "main" },
  fork: "main",
  hasOwn: true,
  ...facts,
});
const names = (sessions: Contender[]) => choosePairs(sessions).map(([one, other]) => `${one.id} ${other.id}`);

test.each([
  ["nobody", [], []],
  ["one alone", [session("a")], []],
  ["each two once, whatever their order", [session("c"), session("a"), session("b")], ["a b", "a c", "b c"]],
  ["who committed nothing is in nobody's way", [session("a"), session("b", { hasOwn: false })], []],
  ["who could not be looked at is left out", [session("a"), session("b", { tip: null }), session("c")], ["a c"]],
  [
    "two on the same commit agree",
    [session("a", { tip: "x" }), session("b", { tip: "x" }), session("c")],
    ["a c", "b c"],
  ],
])("pairs: %s", (_, sessions, expected) => {
  expect(names(sessions)).toEqual(expected);
});

test("twenty sessions are 190 pairs", () => {
  expect(choosePairs(Array.from({ length: 20 }, (_, n) => session(`s${n}`)))).toHaveLength(190);
});

test.each([
  ["the target stands where the work began", session("a"), false],
  ["the target moved on", session("a", { fork: "older" }), true],
  ["nothing was committed", session("a", { fork: "older", hasOwn: false }), false],
  ["there is no target", session("a", { target: null }), false],
  ["the tip is not known", session("a", { fork: "older", tip: null }), false],
])("against the target: %s", (_, one, expected) => {
  expect(hasToMerge(one)).toBe(expected);
});

test("a merge is known by its two commits, in either order, and is planned once", () => {
  expect(mergeKey("b", "a")).toBe(mergeKey("a", "b"));
  expect(mergeKey("a", "b")).not.toBe(mergeKey("a", "c"));
  const moved = { fork: "older" };
  const planned = planMerges([session("a", moved), session("b", moved), session("c", { ...moved, tip: "tip-b" })]);
  expect([...planned.keys()].toSorted()).toEqual(["main:tip-a", "main:tip-b", "tip-a:tip-b"]);
});
