import { expect, test } from "vitest";
import { listFiles, overlap } from "./overlap.ts";

test.each([
  [[], [], []],
  [["a"], [], []],
  [["a", "b"], ["b", "c"], ["b"]],
  [["b"], ["a", "b", "c"], ["b"]],
  [["a/b"], ["a"], []],
])("%j and %j share %j", (one, other, shared) => {
  expect(overlap(new Set(one), new Set(other))).toEqual(shared);
  expect(overlap(new Set(other), new Set(one))).toEqual(shared);
});

test("a list of files is sorted, has each once, and is short whatever a session called them", () => {
  expect(listFiles(["b", "a", "b"])).toEqual({ files: ["a", "b"], more: 0 });
  const { files, more } = listFiles(Array.from({ length: 1000 }, (_, n) => `${n}`.padStart(5000, "x")));
  expect([files.length, more]).toEqual([20, 980]);
  expect(JSON.stringify(files).length).toBeLessThan(20 * 310);
});
