import { expect, test } from "vitest";
import { mergeItem } from "../../test/merge-item.ts";
import { countAhead, isBrought, mergesOf, NO_MERGES, withChanged, withListed } from "./merge-list.ts";

const at = (second: number) => new Date(second * 1000).toISOString();

test("an event is not undone by one that was told before it, nor by a list that was asked for earlier", () => {
  const queued = mergeItem({ id: "a", updatedAt: at(1) });
  const running = mergeItem({ id: "a", updatedAt: at(2), state: "running" });
  const list = withChanged(NO_MERGES, running);
  expect(withChanged(list, queued).items.get("a")?.state).toBe("running");
  expect(withListed(list, [queued]).items.get("a")?.state).toBe("running");
  expect(withListed(withChanged(NO_MERGES, queued), [running]).items.get("a")?.state).toBe("running");
});

test("a list takes away what the dispatcher has forgotten, and keeps what came in since it was asked for", () => {
  const [forgotten, listed, fresh] = [1, 2, 3].map((order) => mergeItem({ id: `m${order}`, order, state: "ended" }));
  const list = [forgotten, fresh].reduce((before, item) => withChanged(before, item!), NO_MERGES);
  expect([...withListed(list, [listed!]).items.keys()]).toEqual(["m2", "m3"]);
});

test("only merges into the same branch of the same repository stand in the way", () => {
  const own = mergeItem({ id: "own", order: 5 });
  const items = [
    mergeItem({ id: "before", order: 1 }),
    mergeItem({ id: "runs", order: 2, state: "running" }),
    mergeItem({ id: "ended", order: 3, state: "ended" }),
    mergeItem({ id: "waits for a person", order: 3, state: "needs approval" }),
    mergeItem({ id: "elsewhere", order: 4, into: "release" }),
    mergeItem({ id: "of another", order: 4, gitDirectory: "/other/.git" }),
    own,
    mergeItem({ id: "after", order: 6 }),
  ];
  expect(countAhead(items, own)).toBe(2);
});

test("a session's merges come newest first", () => {
  const items = [1, 3, 2].map((order) => mergeItem({ id: `m${order}`, order, session: "abcdefghij" }));
  expect(
    mergesOf([...items, mergeItem({ id: "other", session: "zzzzzzzzzz" })], "abcdefghij").map(({ id }) => id),
  ).toEqual(["m3", "m2", "m1"]);
});

test.for([
  ["waits", { state: "needs approval" }, true],
  ["has ended", { state: "ended" }, false],
  ["brings another commit", { tip: "b".repeat(40) }, false],
  ["is of another session", { session: "zzzzzzzzzz" }, false],
] as const)("where the only merge %s, a commit of a session is brought: %s", ([, facts, expected]) => {
  const own = { session: "abcdefghij", tip: "a".repeat(40) };
  expect(isBrought([mergeItem({ ...own, ...facts })], own)).toBe(expected);
});
