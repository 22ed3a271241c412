import { expect, test } from "vitest";
import { type Found, compareCollisions, isUnsure, noteFor } from "./collisions.ts";
import type { Collision, Member, Pair } from "./schema.ts";

const side = (session: string, tip = "1") => ({ session, name: null, branch: `work/${session}`, tip });
const between = (one: string, other: string, tip?: string): Found => ({
  sides: [side(one, tip), side(other)],
  target: null,
  files: ["a.txt"],
  more: 0,
});
const withTarget = (one: string, name = "main"): Found => ({
  sides: [side(one)],
  target: { name, oid: "2" },
  files: ["a.txt"],
  more: 0,
});
const facts = { repository: "/shop", now: "2026-01-01T00:00:00.000Z", isUnsure: () => false };
const first = compareCollisions([], [between("a", "b"), withTarget("a")], facts);

test("what is found for the first time has appeared", () => {
  expect(first.appeared).toEqual(first.present);
  expect(first.present.map(({ since, repository }) => [since, repository])).toEqual([
    [facts.now, "/shop"],
    [facts.now, "/shop"],
  ]);
  expect(new Set(first.present.map(({ id }) => id)).size).toBe(2);
});

test.each([
  ["the same again", [between("a", "b"), withTarget("a")]],
  ["in another order", [withTarget("a"), between("b", "a")]],
  ["after more commits", [between("a", "b", "9"), withTarget("a")]],
])("a collision is the same one: %s", (_, found) => {
  const again = compareCollisions(first.present, found, { ...facts, now: "2027-01-01T00:00:00.000Z" });
  expect([again.appeared, again.gone]).toEqual([[], []]);
  expect(again.present.map(({ id, since }) => `${id} ${since}`).toSorted()).toEqual(
    first.present.map(({ id, since }) => `${id} ${since}`).toSorted(),
  );
});

test("what is no longer found has gone, and is another one when it comes back", () => {
  const next = compareCollisions(first.present, [withTarget("a")], facts);
  expect([next.present.length, next.appeared, next.gone.length]).toEqual([1, [], 1]);
  const later = compareCollisions(next.present, [between("a", "b"), withTarget("a")], {
    ...facts,
    now: "2027-01-01T00:00:00.000Z",
  });
  expect(later.appeared.map(({ id }) => id)).not.toContain(first.present[0]?.id);
  expect(later.appeared).toHaveLength(1);
});

test("another target is another collision", () => {
  expect(compareCollisions([], [withTarget("a"), withTarget("a", "next")], facts).appeared).toHaveLength(2);
});

const member = (session: string, change: Partial<Member> = {}): Member => ({
  session,
  name: null,
  branch: session,
  tip: "1",
  target: null,
  outcome: "clean",
  problem: null,
  files: [],
  more: 0,
  ...change,
});
const pair = (outcome: Pair["outcome"], one: string, other: string): Pair => ({
  outcome,
  sides: [side(one), side(other)],
  files: [],
  more: 0,
  problem: null,
});
const [two, target] = first.present as [Collision, Collision];

test.each([
  ["both were looked at", two, [member("a"), member("b")], [], false],
  ["one could not be read", two, [member("a", { tip: null }), member("b")], [], true],
  ["one is gone", two, [member("a", { tip: null })], [], false],
  ["the merge could not be worked out", two, [member("a"), member("b")], [pair("unknown", "b", "a")], true],
  ["another merge could not be", two, [member("a"), member("b"), member("c")], [pair("unknown", "a", "c")], false],
  ["the target was looked at", target, [member("a")], [], false],
  ["the target could not be", target, [member("a", { outcome: "unknown" })], [], true],
])("a collision that is not found may still be there: %s", (_, collision, sessions, pairs, expected) => {
  expect(isUnsure({ sessions, pairs })(collision)).toBe(expected);
});

test("what is said beside a session names the other one", () => {
  expect(noteFor("a", two)).toMatchObject({ session: "b", branch: "work/b", files: ["a.txt"] });
  expect(noteFor("b", two)).toMatchObject({ session: "a", branch: "work/a" });
  expect(noteFor("a", target)).toMatchObject({ session: null, branch: "main" });
  expect(noteFor("c", two)).toBeNull();
});
