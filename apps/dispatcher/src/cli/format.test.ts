import { expect, test } from "vitest";
import { age } from "./format.ts";

const NOW = Date.parse("2026-11-23T12:00:00.000Z");

test.each([
  ["2026-11-23T11:59:18.000Z", "42s"],
  ["2026-11-23T11:53:00.000Z", "7m"],
  ["2026-11-23T09:00:00.000Z", "3h"],
  ["2026-11-11T12:00:00.000Z", "12d"],
  ["2026-11-23T12:00:05.000Z", "0s"],
  ["not a time", "?"],
])("%s is %s ago", (at, shown) => {
  expect(age(at, NOW)).toBe(shown);
});
