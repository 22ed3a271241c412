import { expect, it } from "vitest";
import { describeMs } from "./describe-ms.ts";

it("a duration is told in the unit that a person would use", () => {
  expect([400, 1000, 90_000, 600_000, 3 * 3_600_000].map(describeMs)).toEqual([
    "400 ms",
    "1 s",
    "90 s",
    "10 min",
    "3 h",
  ]);
});
