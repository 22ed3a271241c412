import { expect, test } from "vitest";
import { codeIn } from "./code.ts";

test.each([
  ["#code=abc_-9", "abc_-9"],
  ["#x=1&code=abc", "abc"],
  ["#code=", undefined],
  ["#log", undefined],
  ["", undefined],
])("the code in %j is %j", (fragment, code) => {
  expect(codeIn(fragment)).toBe(code);
});
