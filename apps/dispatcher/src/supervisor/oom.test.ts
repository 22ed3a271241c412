import { expect, test } from "vitest";
import { countOomKills, saysOutOfMemory } from "./oom.ts";

test.each([
  ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", true],
  ["sh: fork: Cannot allocate memory", true],
  ["harness-agent: the disk is full", false],
  ["", false],
])("%j", (log, isOom) => {
  expect(saysOutOfMemory(log)).toBe(isOom);
});

test("the kernel's count is a number, or unknown where there is none", () => {
  expect(countOomKills() ?? 0).toBeGreaterThanOrEqual(0);
});
