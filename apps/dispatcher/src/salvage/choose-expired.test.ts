import { expect, test } from "vitest";
import { chooseExpired, expiresAt } from "./choose-expired.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");
const daysAgo = (days: number) => new Date(NOW - days * 86_400_000).toISOString();
const kept = (key: string, days: number, bytes = 10) => ({ key, at: daysAgo(days), bytes });

test.each([
  ["nothing is too old or too much", { keepDays: 90, maxBytes: 100 }, []],
  ["age alone", { keepDays: 20, maxBytes: 0 }, ["d", "c"]],
  ["size alone, the oldest first", { keepDays: 0, maxBytes: 25 }, ["d", "c"]],
  ["never for size what is young", { keepDays: 0, maxBytes: 1 }, ["d", "c"]],
  ["what age takes counts for size no more", { keepDays: 35, maxBytes: 30 }, ["d"]],
  ["for ever", { keepDays: 0, maxBytes: 0 }, []],
])("%s", (_, retention, expected) => {
  const all = [kept("a", 1), kept("b", 5), kept("c", 30), kept("d", 40)];
  const expired = chooseExpired(all, { ...retention, nowMs: NOW, safeDays: 7 });
  expect([...expired.keys()].toSorted()).toEqual(expected.toSorted());
});

test("a time that is no time, or lies ahead, makes nothing old", () => {
  const all = [
    { key: "odd", at: "yesterday", bytes: 10 },
    { key: "ahead", at: daysAgo(-400), bytes: 10 },
  ];
  expect(chooseExpired(all, { keepDays: 1, maxBytes: 1, nowMs: NOW, safeDays: 7 }).size).toBe(0);
});

test("the end of its time", () => {
  expect(expiresAt(daysAgo(1), 2)).toBe(daysAgo(-1));
  expect([expiresAt(daysAgo(1), 0), expiresAt("never", 2)]).toEqual([null, null]);
});
