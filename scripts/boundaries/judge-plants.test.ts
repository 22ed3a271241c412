import { expect, test } from "vitest";
import { judgePlants } from "./judge-plants.ts";

const plant = { rule: "no-circle", path: "a.ts", source: "" };
const innocent = { rule: null, path: "b.ts", source: "" };
const seen = { rule: "no-circle", from: "a.ts", to: "c.ts" };

test("rules that report every plant and nothing else are good", () => {
  expect(judgePlants(["no-circle"], [plant, innocent], [seen])).toEqual([]);
});

test("a rule that sees nothing is named", () => {
  expect(judgePlants(["no-circle"], [plant], [])).toEqual([
    "The rule no-circle does not see its planted violation a.ts.",
  ]);
});

test("a rule without a plant is named", () => {
  expect(judgePlants(["no-circle", "new"], [plant], [seen])).toEqual([
    "The rule new has no planted violation, so nobody knows whether it works.",
  ]);
});

test("a rule that reports an innocent file is named", () => {
  expect(judgePlants(["no-circle"], [plant, innocent], [seen, { ...seen, from: "b.ts" }])).toEqual([
    "The rule no-circle reports b.ts, which breaks no rule.",
  ]);
});
