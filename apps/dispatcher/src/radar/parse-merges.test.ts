import { expect, test } from "vitest";
import { parseMerges } from "./parse-merges.ts";

const TREE = "3e588d2ef40774c8aacb1d784ad6efb07c2efdb3";
const bytes = (text: string) => Buffer.from(text.replaceAll("|", "\0"));
const clean = { isClean: true, files: [], more: 0 };

test.each([
  ["", []],
  [`1|${TREE}||`, [clean]],
  [`0|${TREE}|b|a||`, [{ isClean: false, files: ["a", "b"], more: 0 }]],
  [`0|${TREE}|a||1|${TREE}||`, [{ isClean: false, files: ["a"], more: 0 }, clean]],
  // A file may be called like a status.
  [`0|${TREE}|1|0||1|${TREE}||`, [{ isClean: false, files: ["0", "1"], more: 0 }, clean]],
  // git ended in the middle: only what is whole counts.
  [`1|${TREE}||0|${TREE}|a`, [clean]],
  [`1|${TREE}||0|${TREE}|a|`, [clean]],
  [`1|${TREE}||0|${TREE.slice(0, 9)}`, [clean]],
  ["no answer at all|x||", []],
])("%j", (text, outcomes) => {
  expect(parseMerges(bytes(text))).toEqual(outcomes);
});
