import { expect, test } from "vitest";
import { nextSession } from "./share-places.ts";

const held = (counts: Record<string, number>) => new Map(Object.entries(counts));

test.each([
  ["alone it has all of them", 3, { a: 2 }, ["a"], ["a"], "a"],
  ["none is free", 3, { a: 3 }, ["a", "b"], ["a", "b"], null],
  ["the last is kept for the other", 3, { a: 2 }, ["a", "b"], ["a"], null],
  ["and is the other's when it asks", 3, { a: 2 }, ["a", "b"], ["a", "b"], "b"],
  ["one is kept for each of the others", 4, { a: 2 }, ["a", "b", "c"], ["a"], null],
  ["with more sessions than places each has one", 2, { a: 1 }, ["a", "b", "c", "d"], ["a", "d"], "d"],
  ["one whose grant is not listed yet counts as well", 2, { a: 1 }, ["a"], ["a", "new"], "new"],
  ["those that have one keep the rest from nobody", 4, { a: 1, b: 1 }, ["a", "b"], ["b"], "b"],
  ["without a limit nobody waits", Number.POSITIVE_INFINITY, { a: 99 }, [], ["a"], "a"],
] as const)("%s", (_what, concurrent, counts, sessions, waiting, next) => {
  expect(nextSession({ concurrent, held: held(counts), servedAt: new Map(), sessions }, waiting)).toBe(next);
});

test("of those that may go it is the one that was served longest ago", () => {
  const servedAt = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  expect(nextSession({ concurrent: 2, held: held({}), servedAt, sessions: [] }, ["b", "a"])).toBe("a");
});
