import { expect, test } from "vitest";
import { isWithin, percentile, score, table, type Figure } from "./figure.ts";

const figure = (value: number, against: number | undefined, limit: number): Figure => ({
  name: "f",
  value,
  unit: "ms",
  ...(against === undefined ? {} : { against: { name: "bare", value: against } }),
  limit,
});

test.each([
  [figure(30, 10, 3), 3, true],
  [figure(31, 10, 3), 3.1, false],
  [figure(0.9, undefined, 1), 0.9, true],
  [figure(1.1, undefined, 1), 1.1, false],
])("a figure is held against its limit (%#)", (input, expectedScore, within) => {
  expect(score(input)).toBeCloseTo(expectedScore);
  expect(isWithin(input)).toBe(within);
});

test("percentiles take the nearest rank", () => {
  const samples = [5, 1, 4, 2, 3];
  expect(percentile(samples, 0.5)).toBe(3);
  expect(percentile(samples, 0.99)).toBe(5);
  expect(() => percentile([], 0.5)).toThrow("No samples");
});

test("the table names what is over its limit", () => {
  expect(table([figure(31, 10, 3)])).toContain("OVER");
  expect(table([figure(30, 10, 3)])).not.toContain("OVER");
});
