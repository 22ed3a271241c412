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
  test.each<[string, Map<string, ReturnType<typeof summary>>, Map<string, ReturnType<typeof summary>>, string]>([
    ["nothing at the first sight", new Map(), list("needs you"), ""],
    ["nothing when nothing changed", list("needs you"), list("needs you"), ""],
    ["nothing about everyday moves", list("working", "idle"), list("idle", "working"), ""],
    ["a call", list("working"), list("needs you"), "s0 needs you."],
    ["an ending", list("working", "working"), list("failed", "done"), "s0 failed. s1 is done."],
    [
      "many as a number",
      list("idle", "idle", "idle", "idle"),
      list("lost", "lost", "lost", "lost"),
      "s0 is lost. s1 is lost. And 2 others.",
    ],
  ])("%s", (_, before, now, text) => {
    expect(announcement(before, now)).toBe(text);
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
});
