import { expect, test } from "vitest";
import { fileDiff, hunk } from "../../../test/file-diff.ts";
import type { SessionDiff } from "../../lib/shapes.ts";
import { cautionsOf, lackOf, marksOf, totalOf } from "./file-words.ts";

test.each([
  [{}, []],
  [{ status: "added", oldMode: "000000", newMode: "100755" }, ["new", "can be run"]],
  [{ newMode: "100755" }, ["can be run"]],
  [{ oldMode: "100755" }, ["can no longer be run"]],
  [{ status: "deleted", oldMode: "100755", newMode: "000000" }, ["deleted"]],
  [{ status: "type changed", newMode: "120000" }, ["type changed", "link"]],
  [{ status: "added", oldMode: "000000", newMode: "160000" }, ["new", "submodule"]],
] as const)("of %j a person is told %j", (facts, marks) => {
  expect(marksOf(fileDiff(facts))).toEqual(marks);
});

test("what is not shown is not passed over", () => {
  const hunks = [hunk(["+a"])];
  expect(lackOf(fileDiff({ hunks }))).toBe("");
  expect(lackOf(fileDiff({ hunks, cut: true }))).toMatch(/^Cut: /);
  expect(lackOf(fileDiff({ cut: true }))).toMatch(/^Left out: /);
  expect(lackOf(fileDiff({ added: null, removed: null }))).toMatch(/^Not text/);
  expect(lackOf(fileDiff())).toBe("No line differs.");
});

const diffOf = (facts: Partial<SessionDiff>): SessionDiff => ({
  against: "base",
  from: "",
  to: "",
  files: [],
  stat: "",
  patch: "",
  cut: false,
  uncommitted: { modified: 0, untracked: 0 },
  nested: [],
  ...facts,
});

test("what a merge would not bring, what hides and what is cut is said first", () => {
  expect(cautionsOf(diffOf({}))).toEqual([]);
  const files = [fileDiff({ hidden: true }), fileDiff({ cut: true })];
  expect(cautionsOf(diffOf({ files, uncommitted: { modified: 0, untracked: 1 } }))).toEqual([
    "Not committed: 1 new file. A merge does not bring that.",
    "1 file has characters that hide or reorder text. They are spelled out.",
    "Not every line is here: the diff is too long. Each file says where something is left out.",
  ]);
});

test("repositories inside the worktree are named, and counted where they are many", () => {
  const nested = Array.from({ length: 7 }, (_, index) => `r${index}`);
  const told = cautionsOf(diffOf({ nested }));
  expect(told).toHaveLength(6);
  expect([told[0], told[5]]).toEqual([
    "Not shown: r0 is a repository of its own.",
    "Not shown: 2 repositories more of their own.",
  ]);
});

test("binary files count no lines", () => {
  expect(totalOf([fileDiff({ added: 3 }), fileDiff({ added: null, removed: null })])).toEqual({ added: 3, removed: 1 });
});
