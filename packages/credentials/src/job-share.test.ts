import { expect, test } from "vitest";
import { jobKey, periodOf, whyShareSpent } from "./job-share.ts";

test.for([
  ["day", new Date("2026-11-27T23:59:59Z"), "2026-11-27"],
  ["day", new Date("2026-01-02T00:00:00Z"), "2026-01-02"],
  ["month", new Date("2026-12-31T23:59:00Z"), "2026-12"],
  ["month", new Date("2027-01-01T00:00:00Z"), "2027-01"],
] as const)("a %s that has %s in it is %s", ([every, now, period]) => {
  expect(periodOf(every, now)).toBe(period);
});

test.for([
  [0, 0, null],
  [99, 0, null],
  [100, 0, "The budget of the job nightly is spent: 100 of 100 tokens today."],
  [100, 50, null],
  [170, 50, "The budget of the job nightly is spent: 170 of 150 tokens today."],
] as const)("a share of 100 tokens of which %i are spent and %i more allowed: %s", ([spent, allowed, why]) => {
  expect(whyShareSpent({ name: "nightly", tokens: 100, every: "day" }, spent, allowed)).toBe(why);
});

test("a name can be anything, and ends neither a header nor a directory", () => {
  const why = whyShareSpent({ name: "a\r\nx: y\u00e4", tokens: 1, every: "month" }, 1, 0);
  expect(why).toBe("The budget of the job a??x: y? is spent: 1 of 1 tokens this month.");
  const key = (name: string, every: "day" | "month" = "day") => jobKey({ name, every });
  expect(key("../../a\0")).toMatch(/^job\.day\.[0-9a-f]{32}$/);
  expect(new Set([key("a"), key("b"), key("a", "month")]).size).toBe(3);
});
