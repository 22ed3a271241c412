import { expect, it } from "vitest";
import type { OutletLine } from "../wall/outlet-line.ts";
import { createRefusalLog } from "./refusal-log.ts";

it("tells of each refusal, and counts those that are too many for a minute", () => {
  const told: OutletLine[] = [];
  let now = 0;
  const note = createRefusalLog(
    (line) => told.push(line),
    () => now,
  );
  for (let asked = 0; asked < 100; asked++) note({ target: `${asked}`, reason: "no" });
  expect(told).toHaveLength(60);
  expect(told[59]).toEqual({ type: "refused", target: "59", reason: "no" });
  now = 60_000;
  note({ target: "later", reason: "no" });
  note({ target: "last", reason: "no" });
  expect(told.slice(60)).toEqual([
    { type: "refused", target: "later", reason: "no", more: 40 },
    { type: "refused", target: "last", reason: "no" },
  ]);
});
