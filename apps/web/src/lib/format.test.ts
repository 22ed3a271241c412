import { describe, expect, test } from "vitest";
import { dayAndTime, duration, elapsedMs, inWords, lastSegment, looseFiles, plural } from "./format.ts";

describe("a duration has two units at most", () => {
  test.each([
    [-5000, "0 s"],
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [3_600_000, "1 h"],
    [4_800_000, "1 h 20 min"],
    [86_400_000, "1 day"],
    [200_000_000, "2 days"],
  ])("%i ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

test("what is no time has no age", () => {
  expect(elapsedMs("2026-01-01T00:00:10.000Z", Date.parse("2026-01-01T00:01:00.000Z"))).toBe(50_000);
  expect(elapsedMs("yesterday", 0)).toBeUndefined();
  expect(elapsedMs(undefined, 0)).toBeUndefined();
});

test("one is singular", () => {
  expect([plural(0, "turn"), plural(1, "turn"), plural(2, "turn")]).toEqual(["0 turns", "1 turn", "2 turns"]);
});

test("numbers up to nine are words", () => {
  expect([inWords(0), inWords(3), inWords(10)]).toEqual(["No", "Three", "10"]);
});

test.each([
  ["/home/mira/shop", "shop"],
  ["/home/mira/shop/", "shop"],
  ["/", "/"],
  ["", ""],
])("the last segment of %j is %j", (path, name) => {
  expect(lastSegment(path)).toBe(name);
});

test.each([
  [0, 0, ""],
  [1, 0, "1 changed file"],
  [2, 1, "2 changed and 1 new file"],
  [1, 2, "1 changed and 2 new files"],
])("%i modified and %i untracked files are %j", (modified, untracked, words) => {
  expect(looseFiles({ modified, untracked })).toBe(words);
});

// Both as the reader's clock shows them, wherever that is.
const noon = new Date(2026, 10, 27, 12).getTime();
test.each([
  ["today", new Date(2026, 10, 27, 0, 0, 1), "00:00:01"],
  ["yesterday", new Date(2026, 10, 26, 23, 59, 59), "26 Nov, 23:59:59"],
  ["last year", new Date(2025, 10, 27, 12), "27 Nov 2025, 12:00:00"],
])("%s has its day where it is not this one", (_, date, words) => {
  expect(dayAndTime(date.toISOString(), noon)).toBe(words);
});

test("what is no time is shown as it is", () => {
  expect(dayAndTime("soon", noon)).toBe("soon");
});
