import { describe, expect, test } from "vitest";
import { restartDelay } from "./restart-delay.ts";

const NOW = Date.UTC(2026, 5, 1);
const ago = (...seconds: number[]) => seconds.map((second) => new Date(NOW - second * 1000).toISOString());
const delay = (failures: string[], random = 0.5) => restartDelay({ failures, nowMs: NOW, random, firstMs: 1000 });

describe("the delay after a failure", () => {
  test.each([
    ["the first failure", ago(0), 1000],
    ["the second", ago(10, 0), 2000],
    ["the third", ago(20, 10, 0), 4000],
    ["the fifth within a minute", ago(50, 40, 30, 20, 0), 16_000],
    ["a slow loop of seven failures", ago(550, 450, 350, 250, 150, 90, 0), 60_000],
    ["failures of an hour ago and one now", ago(3700, 3650, 3600, 0), 1000],
  ])("%s", (_name, failures, delayMs) => {
    expect(delay(failures)).toEqual({ again: true, delayMs });
  });

  test("jitter takes or adds a quarter, and never goes over a minute", () => {
    expect(delay(ago(0), 0)).toEqual({ again: true, delayMs: 750 });
    expect(delay(ago(0), 1)).toEqual({ again: true, delayMs: 1250 });
    expect(delay(ago(500, 400, 300, 200, 150, 100, 0), 1)).toEqual({ again: true, delayMs: 60_000 });
  });

  test("more than five failures within a minute are the end", () => {
    expect(delay(ago(50, 40, 30, 20, 10, 0))).toMatchObject({ again: false, why: expect.stringContaining("6 times") });
  });

  test("a clock that was set back does not turn old failures into new ones", () => {
    expect(delay([...ago(-86_400, -86_400, -86_400, -86_400, -86_400), ...ago(0)])).toEqual({
      again: true,
      delayMs: 1000,
    });
  });
});
