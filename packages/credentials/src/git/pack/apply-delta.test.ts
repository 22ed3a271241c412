import { expect, test } from "vitest";
import { applyDelta } from "./apply-delta.ts";

const base = Buffer.from("parent one, and more");

test.each([
  ["copies and inserts", [20, 9, 0x90, 6, 3, 0x6e, 0x65, 0x77], "parentnew"],
  ["copies from an offset", [20, 3, 0x91, 7, 3], "one"],
  ["another base", [19, 3, 0x91, 7, 3], null],
  ["past the end of its base", [20, 9, 0x91, 15, 9], null],
  ["more than it says", [20, 2, 0x91, 7, 3], null],
  ["less than it says", [20, 4, 0x91, 7, 3], null],
  ["an insertion without its bytes", [20, 3, 3, 0x6e], null],
  ["a copy without its numbers", [20, 3, 0x91], null],
  ["an operation that there is not", [20, 3, 0], null],
  ["nothing", [], null],
  ["a size that never ends", [20, 0x80], null],
  ["more than is allowed", [20, 0x80, 0x80, 0x80, 0x10], null],
])("a delta that has %s", (_, delta, made) => {
  expect(applyDelta(base, Buffer.from(delta), 1024)?.toString() ?? null).toBe(made);
});
