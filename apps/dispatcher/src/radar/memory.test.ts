import { expect, test } from "vitest";
import { within } from "./memory.ts";

test.each([
  [1000, ["a", "b", "c"]],
  [30, ["b", "c"]],
  [12, ["c"]],
  [0, []],
])("in %i bytes the last merges are kept, in their order", (bytes, kept) => {
  expect(Object.keys(within({ a: "12345", b: "12345", c: "12345" }, bytes))).toEqual(kept);
});
