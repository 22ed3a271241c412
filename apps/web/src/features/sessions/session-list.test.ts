import { describe, expect, test } from "vitest";
import { summary } from "../../../test/summary.ts";
import type { SessionSummary } from "../../lib/shapes.ts";
import {
  applyToList,
  countBadges,
  groupSessions,
  NO_SESSIONS,
  type ListAction,
  type SessionList,
} from "./session-list.ts";

const changed = (id: string, badge: SessionSummary["badge"] = "working"): ListAction => ({
  id: 1,
  type: "session.changed",
  session: summary({ id, badge }),
});
const removed = (session: string): ListAction => ({ id: 1, type: "session.removed", session });
const listed = (since: number, ...ids: string[]): ListAction => ({
  type: "listed",
  since,
  sessions: ids.map((id) => summary({ id, badge: "idle" })),
});
const after = (...actions: ListAction[]): SessionList => actions.reduce(applyToList, NO_SESSIONS);
const shown = (list: SessionList) => [...list.sessions.values()].map(({ id, badge }) => `${id} ${badge}`).toSorted();

describe("the list follows its events", () => {
  test.each<[string, ListAction[], string[]]>([
    ["a new session is added", [changed("a")], ["a working"]],
    ["a changed one is replaced", [changed("a"), changed("a", "idle")], ["a idle"]],
    ["a removed one goes", [changed("a"), changed("b"), removed("a")], ["b working"]],
    ["removing an unknown one changes nothing", [changed("a"), removed("x")], ["a working"]],
    [
      "the whole list takes the place of older news",
      [changed("a"), changed("b"), listed(2, "b", "c")],
      ["b idle", "c idle"],
    ],
    ["news since the question outlives the answer", [changed("a"), listed(0, "a", "b")], ["a working", "b idle"]],
    ["what was removed since the question stays away", [removed("a"), listed(0, "a", "b")], ["b idle"]],
    ["a second answer settles it", [changed("a"), listed(0, "a"), listed(1, "a")], ["a idle"]],
  ])("%s", (_, actions, expected) => {
    expect(shown(after(...actions))).toEqual(expected);
  });
});

test("an empty list is known only when the dispatcher said so", () => {
  expect(NO_SESSIONS.isKnown).toBe(false);
  expect(after(changed("a")).isKnown).toBe(false);
  expect(after(listed(0)).isKnown).toBe(true);
});

test("reports of messages leave the list as it is", () => {
  const list = after(changed("a"));
  const report = { id: 2, type: "message.reported", session: "a", message: {} } as unknown as ListAction;
  expect(applyToList(list, report)).toBe(list);
});

const EVERY: [string, SessionSummary["badge"], string][] = [
  ["rest", "idle", "2026-01-01"],
  ["sleep", "parked", "2026-01-02"],
  ["old", "working", "2026-01-01"],
  ["new", "working", "2026-01-03"],
  ["slow", "rate limited", "2026-01-01"],
  ["ask", "needs you", "2026-01-01"],
  ["gone", "lost", "2026-01-01"],
  ["bad", "failed", "2026-01-01"],
  ["end", "done", "2026-01-01"],
];
const sessions = EVERY.map(([id, badge, createdAt]) => summary({ id, badge, createdAt }));

test("what needs the person comes first, then by badge, then the newest", () => {
  const groups = groupSessions(sessions).map(({ title, sessions: members }) => [title, members.map(({ id }) => id)]);
  expect(groups).toEqual([
    ["Needs you", ["ask", "bad", "gone"]],
    ["Under way", ["slow", "new", "old"]],
    ["At rest", ["rest", "sleep"]],
    ["Done", ["end"]],
  ]);
});

test("one badge can be picked out", () => {
  expect(groupSessions(sessions, "working").map(({ title }) => title)).toEqual(["Under way"]);
  expect(groupSessions([], "working")).toEqual([]);
});

test("badges are counted in the order in which they matter", () => {
  expect(countBadges(sessions).map(({ badge, count }) => `${badge} ${count}`)).toEqual([
    "needs you 1",
    "failed 1",
    "lost 1",
    "rate limited 1",
    "working 2",
    "idle 1",
    "parked 1",
    "done 1",
  ]);
});

test("a badge of a newer dispatcher is shown, not dropped", () => {
  const odd = summary({ id: "odd", badge: "dreaming" as SessionSummary["badge"] });
  expect(groupSessions([odd]).flatMap((group) => group.sessions)).toEqual([odd]);
  expect(countBadges([odd])).toEqual([{ badge: "lost", count: 1 }]);
});
