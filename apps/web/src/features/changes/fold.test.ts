import { expect, test } from "vitest";
import { fileDiff, hunk } from "../../../test/file-diff.ts";
import { endsInReturns, firstLines, linesOf, openAtFirst } from "./fold.ts";

const long = (lines: number) => fileDiff({ hunks: [hunk(Array.from({ length: lines }, (_, line) => `+${line}`))] });

test("a long file begins folded, and so does what follows when enough is open", () => {
  expect([...openAtFirst([long(10), long(301), long(300)])]).toEqual([0, 2]);
  expect([...openAtFirst(Array.from({ length: 8 }, () => long(300)))]).toEqual([0, 1, 2, 3, 4]);
});

test("the first lines keep their hunks and their numbers", () => {
  const hunks = [hunk(["+a", "+b"]), hunk(["+c", "+d"], { newStart: 10 }), hunk(["+e"], { newStart: 20 })];
  const shown = firstLines(hunks, 3);
  expect(shown.map(({ lines }) => lines.map(({ text }) => text))).toEqual([["a", "b"], ["c"]]);
  expect(shown[1]?.lines[0]?.new).toBe(10);
  expect(linesOf({ hunks: firstLines(hunks, 99) })).toBe(5);
});

test("line ends are shown where they are mixed", () => {
  expect(endsInReturns([hunk(["+a\r", " b\r"])])).toBe(true);
  expect(endsInReturns([hunk(["+a\r", " b"])])).toBe(false);
  expect(endsInReturns([])).toBe(false);
});
