import { describe, expect, test } from "vitest";
import { summary } from "../../../test/summary.ts";
import type { Badge } from "../../lib/shapes.ts";
import { announcement, headline, lineOf, tabTitle } from "./sentences.ts";

const some = (...badges: Badge[]) => badges.map((badge, index) => summary({ id: `s${index}`, badge }));

describe("the headline says what matters most", () => {
  test.each<[Badge[], string]>([
    [[], "No sessions yet."],
    [["done"], "All done."],
    [["idle"], "All quiet. One session at rest."],
    [["idle", "parked", "done"], "All quiet. Two sessions at rest."],
    [["working"], "One session at work. Nothing needs you."],
    [["working", "rate limited", "idle"], "Two sessions at work. Nothing needs you."],
    [["needs you"], "One session needs you."],
    [["needs you", "failed", "lost"], "Three sessions need you."],
    [["needs you", "working", "working"], "One session needs you, two at work."],
  ])("%j: %s", (badges, text) => {
    expect(headline(some(...badges))).toBe(text);
  });
});

test("the tab counts only who waits for an answer", () => {
  expect(tabTitle("Harness", some("failed", "working"))).toBe("Harness");
  expect(tabTitle("Harness", some("needs you", "needs you"))).toBe("(2) Harness");
});

describe("aloud are said: calls and endings", () => {
  const list = (...badges: Badge[]) => new Map(some(...badges).map((session) => [session.id, session]));
  test.each<[string, Badge[], Badge[]]>([
    ["", [], ["needs you"]],
    ["", ["needs you"], ["needs you"]],
    ["", ["working", "idle"], ["idle", "working"]],
    ["s0 needs you.", ["working"], ["needs you"]],
    ["s0 failed. s1 is done.", ["working", "working"], ["failed", "done"]],
    ["s0 is lost. s1 is lost. And 2 others.", ["idle", "idle", "idle", "idle"], ["lost", "lost", "lost", "lost"]],
  ])("%j for the step from %j to %j", (text, before, now) => {
    expect(announcement(list(...before), list(...now))).toBe(text);
  });

  test("a name cannot smuggle in what is not heard", () => {
    const before = new Map([["a", summary({ id: "a", name: "x\u202Ey", badge: "working" })]]);
    const now = new Map([["a", summary({ id: "a", name: "x\u202Ey", badge: "done" })]]);
    expect(announcement(before, now)).toBe("x[U+202E]y is done.");
  });
});

test("a question stands before the last line", () => {
  const waiting = [{ id: "q", kind: "question" as const, text: "\nWhich port?\nSay a number." }];
  expect(lineOf(summary({ waiting, lastLine: "hm" }))).toEqual({ kind: "asks", text: "Which port?" });
  expect(lineOf(summary({ lastLine: "hm" }))).toEqual({ kind: "says", text: "hm" });
  expect(lineOf(summary({ lastLine: "  " })).kind).toBe("nothing");
  const turn = { state: "ended" as const, attempt: 1, startedAt: "", stopReason: "failed" as const };
  const failure = { code: "model-unreachable", text: "ECONNREFUSED\nat connect" };
  expect(lineOf(summary({ turn: { ...turn, failure }, lastLine: "hm" }))).toEqual({
    kind: "failed",
    text: "the model endpoint could not be reached (model-unreachable): ECONNREFUSED",
  });
});
