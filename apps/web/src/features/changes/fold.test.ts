import { expect, test } from "vitest";
import { fileDiff, hunk } from "../../../test/file-diff.ts";
import { endsInReturns, firstLines, linesOf, linesUpTo, openAtFirst } from "./fold.ts";

const long = (lines: number) => fileDiff({ hunks: [hunk(Array.from({ length: lines }, (_, line) => `+${line}`))] });

test("a long file begins folded, and so does what follows when enough is open", () => {
  expect([...openAtFirst([long(10), long(301), long(300)])]).toEqual([0, 2]);
  const written = { path: "src/a.ts", side: "new" as const, line: 301, oid: "b".repeat(40) };
  expect(openAtFirst([long(10), long(301)], [written])).toEqual(new Set([0, 1]));
  expect([...openAtFirst(Array.from({ length: 8 }, () => long(300)))]).toEqual([0, 1, 2, 3, 4]);
});

test("the first lines keep their hunks and their numbers", () => {
  const hunks = [hunk(["+a", "+b"]), hunk(["+c", "+d"], { newStart: 10 }), hunk(["+e"], { newStart: 20 })];
  const shown = firstLines(hunks, 3);
  expect(shown.map(({ lines }) => lines.map(({ text }) => text))).toEqual([["a", "b"], ["c"]]);
  expect(shown[1]?.lines[0]?.new).toBe(10);
  expect(linesOf({ hunks: firstLines(hunks, 99) })).toBe(5);
});

test("the lines up to one that is looked for are counted over all hunks", () => {
  const hunks = [hunk(["+a", "+b"]), hunk(["+c", "+d"], { newStart: 10 })];
  expect(linesUpTo(hunks, ({ text }) => "ac".includes(text))).toBe(3);
  expect(linesUpTo(hunks, () => false)).toBe(0);
});

test("line ends are shown where they are mixed", () => {
  expect(endsInReturns([hunk(["+a\r", " b\r"])])).toBe(true);
  expect(endsInReturns([hunk(["+a\r", " b"])])).toBe(false);
  expect(endsInReturns([])).toBe(false);
});
