import { expect, test } from "vitest";
import { planAdmission, type LiveSession } from "./admission.ts";

const busy = (id: string): LiveSession => ({ id, idleSinceMs: null, leaving: false });
const idle = (id: string, idleSinceMs: number): LiveSession => ({ id, idleSinceMs, leaving: false });
const leaving = (id: string): LiveSession => ({ id, idleSinceMs: 1, leaving: true });

test.each([
  ["free places are given to who waits longest", [busy("a")], ["x", "y"], 2, { start: ["x"], park: [] }],
  ["the longest idle makes room", [idle("a", 20), idle("b", 10)], ["x"], 2, { start: [], park: ["b"] }],
  [
    "each that waits gets one, as far as there are idle ones",
    [idle("a", 1), busy("b")],
    ["x", "y"],
    2,
    { start: [], park: ["a"] },
  ],
  ["who is leaving already is not asked twice", [leaving("a"), idle("b", 5)], ["x"], 2, { start: [], park: [] }],
  ["working ones are never parked", [busy("a"), busy("b")], ["x"], 2, { start: [], park: [] }],
  [
    "nobody waits: nobody is parked, not even over the limit",
    [idle("a", 1), idle("b", 2)],
    [],
    1,
    { start: [], park: [] },
  ],
  [
    "over the limit, room has to be made below it first",
    [idle("a", 1), idle("b", 2), busy("c")],
    ["x"],
    2,
    { start: [], park: ["a", "b"] },
  ],
])("%s", (_name, live, waiting, limit, expected) => {
  expect(planAdmission({ live, waiting, limit })).toEqual(expected);
});
