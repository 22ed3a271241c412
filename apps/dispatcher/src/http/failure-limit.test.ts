import { fakeClock } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createFailureLimit } from "./failure-limit.ts";

test("a burst is allowed, then one a second", async () => {
  const clock = fakeClock();
  const limit = createFailureLimit(clock);
  const burst = Array.from({ length: 35 }, () => limit.spend());
  expect(burst.filter(Boolean)).toHaveLength(30);
  await clock.advance(1000);
  expect([limit.spend(), limit.spend()]).toEqual([true, false]);
});
