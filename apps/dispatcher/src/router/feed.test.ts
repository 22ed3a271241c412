import { expect, test } from "vitest";
import { createFeed } from "./feed.ts";

const removed = (session: string) => ({ type: "session.removed", session }) as const;

test("a reader goes on after the last event that it has seen", () => {
  const feed = createFeed();
  for (const id of ["a", "b", "c"]) feed.publish(removed(id));
  expect(feed.since(1)).toEqual([
    { ...removed("b"), id: 2 },
    { ...removed("c"), id: 3 },
  ]);
  expect(feed.since(3)).toEqual([]);
  expect(feed.lastId()).toBe(3);
});

test("who is too far behind, or comes from another process, is told to begin again", () => {
  const feed = createFeed(2);
  for (const id of ["a", "b", "c"]) feed.publish(removed(id));
  expect(feed.since(0)).toBeNull();
  expect(feed.since(1)).toHaveLength(2);
  expect(feed.since(4)).toBeNull();
});

test("what is held is bounded by size as well", () => {
  const feed = createFeed();
  for (let n = 0; n < 100; n++) feed.publish(removed("x".repeat(100_000)));
  expect(feed.since(99)).toHaveLength(1);
  expect(feed.since(10)).toBeNull();
});

test("a listener hears what comes, until it leaves", () => {
  const feed = createFeed();
  const heard: number[] = [];
  const leave = feed.subscribe(({ id }) => heard.push(id));
  feed.publish(removed("a"));
  leave();
  feed.publish(removed("b"));
  expect(heard).toEqual([1]);
});
