import { expect, test } from "vitest";
import { mergeItem } from "../../../test/merge-item.ts";
import { endedOf, lanesOf, queueHeadline, repositoriesOf } from "./queue.ts";

const items = [
  mergeItem({ id: "second", order: 2 }),
  mergeItem({ id: "first", order: 1, state: "running" }),
  mergeItem({ id: "needy", order: 3, into: "release", state: "needs approval" }),
  mergeItem({ id: "other", order: 4, repository: "/a" }),
  mergeItem({ id: "old", order: 0, state: "ended", outcome: "merged", updatedAt: "2026-01-01T00:00:01.000Z" }),
  mergeItem({ id: "older", order: 5, state: "ended", outcome: "conflict" }),
];

test("each branch has its lane, in the order of the queue, and where a person is waited for comes first", () => {
  const told = lanesOf(items).map(({ repository, into, items: own }) => [repository, into, own.map(({ id }) => id)]);
  const shop = "/home/mira/projects/storefront";
  expect(told).toEqual([
    [shop, "release", ["needy"]],
    ["/a", "main", ["other"]],
    [shop, "main", ["first", "second"]],
  ]);
  expect(endedOf(items).map(({ id }) => id)).toEqual(["old", "older"]);
  expect(repositoriesOf(items)).toEqual(["/a", shop]);
});

test("the headline says first what a person is waited for with", () => {
  expect(queueHeadline(items)).toBe("One merge waits for your yes.");
  expect(queueHeadline(items.slice(0, 2))).toBe("2 merges are on their way.");
  expect(queueHeadline(items.slice(4))).toBe("No merge waits.");
  expect(queueHeadline([])).toBe("No merges yet.");
});
