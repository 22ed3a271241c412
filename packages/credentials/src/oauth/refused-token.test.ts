import { expect, test } from "vitest";
import { createTokenTrust } from "./refused-token.ts";

function trustAt() {
  const clock = { nowMs: 0 };
  return { clock, trust: createTokenTrust(1000, () => clock.nowMs) };
}

test("a token that is refused is wanted anew, once for all who are refused with it", () => {
  const { trust } = trustAt();
  trust.accepted(1);
  expect([trust.refused(2), trust.refused(3), trust.isWanted()]).toEqual([true, true, true]);
  trust.replaced();
  expect(trust.isWanted()).toBe(false);
});

test("a refusal says nothing of a token that was accepted for a later call", () => {
  const { trust } = trustAt();
  trust.accepted(5);
  expect([trust.refused(4), trust.isWanted()]).toEqual([false, false]);
  expect(trust.refused(6)).toBe(true);
  // A call of before was answered late, one of after shows that the token is good.
  trust.accepted(3);
  expect(trust.isWanted()).toBe(true);
  trust.accepted(7);
  expect(trust.isWanted()).toBe(false);
});

test("however often calls are refused, a token is renewed for it no more than once in a while", () => {
  const { trust, clock } = trustAt();
  let renewed = 0;
  for (let order = 0; order < 100; order += 2) {
    clock.nowMs = order * 50;
    trust.accepted(order);
    if (!trust.refused(order + 1)) continue;
    trust.replaced();
    renewed += 1;
  }
  expect(renewed).toBe(5);
});

test("one that was refused as soon as it was there is not renewed again before somebody has seen it accepted", () => {
  const { trust, clock } = trustAt();
  expect(trust.refused(1)).toBe(true);
  trust.replaced();
  clock.nowMs = 10_000;
  expect(trust.refused(2)).toBe(false);
  trust.accepted(3);
  expect(trust.refused(4)).toBe(true);
});
