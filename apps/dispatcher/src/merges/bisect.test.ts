import { expect, test } from "vitest";
import { findLanding } from "./bisect.ts";

/** Red from the first bad one on, and without any of them when the target is. */
async function land(count: number, bad: number | null, isTargetGreen = true) {
  const asked: number[] = [];
  const landing = await findLanding(count, async (together) => {
    asked.push(together);
    return together === 0 ? isTargetGreen : bad === null || together <= bad;
  });
  return { ...landing, asked };
}

test("all good: one question, however many there are", async () => {
  expect(await land(50, null)).toEqual({ good: 50, bad: null, isTargetRed: false, asked: [50] });
  expect(await land(0, null)).toEqual({ good: 0, bad: null, isTargetRed: false, asked: [] });
});

test.each(Array.from({ length: 10 }, (_, bad) => bad))("ten together, number %i bad", async (bad) => {
  const { good, bad: found, isTargetRed, asked } = await land(10, bad);
  expect([good, found, isTargetRed]).toEqual([bad, bad, false]);
  expect(asked.length).toBeLessThanOrEqual(6);
  expect(new Set(asked).size).toBe(asked.length);
});

test("the first is not blamed for a target that is red without it", async () => {
  expect(await land(1, 0, false)).toEqual({ good: 0, bad: 0, isTargetRed: true, asked: [1, 0] });
});
