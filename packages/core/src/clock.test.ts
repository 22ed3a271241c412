import { afterEach, expect, test, vi } from "vitest";
import { fileTimestamp, systemClock } from "./clock.ts";

afterEach(() => vi.useRealTimers());

const DAY_MS = 86_400_000;

test("a sleep lasts as long as it was asked for, beyond the longest timer too", async () => {
  vi.useFakeTimers();
  let awake = false;
  const sleeping = systemClock.sleep(60 * DAY_MS).then(() => (awake = true));
  for (let day = 1; day < 60; day += 1) {
    await vi.advanceTimersByTimeAsync(DAY_MS);
    expect([day, awake]).toEqual([day, false]);
  }
  await vi.advanceTimersByTimeAsync(DAY_MS);
  await sleeping;
});

test("a sleep that should be over by now ends at once, and nothing is said about it", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  await systemClock.sleep(-5_000);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("a sleep without end ends with its signal", async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const sleeping = systemClock.sleep(Infinity, stop.signal);
  await vi.advanceTimersByTimeAsync(30 * DAY_MS);
  stop.abort();
  await sleeping;
  expect(vi.getTimerCount()).toBe(0);
});

test("the time of a file is a timestamp whatever its owner set it to", () => {
  expect(fileTimestamp(-8.64e15 - 1, 1_000)).toBe("1970-01-01T00:00:00.000Z");
  expect(fileTimestamp(8.64e15 + 1, 1_000)).toBe("1970-01-01T00:00:01.000Z");
});
