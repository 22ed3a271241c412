import { expect, test } from "vitest";
import { fileDiff, hunk } from "../../../test/file-diff.ts";
import { sortDrafts, spotOf, withComment } from "./drafts.ts";

const file = fileDiff({
  path: "new.ts",
  from: "old.ts",
  hunks: [hunk([" keep", "-gone", "+fresh"], { oldStart: 4, newStart: 7 })],
});
const [, gone, fresh] = file.hunks[0]!.lines;

test("a line that was removed is named by its old name and number, any other by the new ones", () => {
  expect(spotOf(file, gone!)).toEqual({ path: "old.ts", side: "old", line: 5, oid: file.oldOid });
  expect(spotOf(file, fresh!)).toEqual({ path: "new.ts", side: "new", line: 8, oid: file.newOid });
});

test("a line has one comment, and an empty one takes it away", () => {
  const spot = spotOf(file, fresh!);
  const first = { ...spot, text: "one" };
  const second = { ...spot, text: "two" };
  const other = { ...spotOf(file, gone!), text: "why?" };
  const both = withComment(withComment([], first), other);
  expect(withComment(both, second)).toEqual([second, other]);
  expect(withComment(both, { ...spot, text: " \n" })).toEqual([other]);
});

test("a comment on a content that is not there any more is set apart", () => {
  const here = { ...spotOf(file, fresh!), text: "here" };
  const there = { ...spotOf(file, gone!), text: "there" };
  const changed = { ...here, oid: "c".repeat(40) };
  const beside = { ...here, line: 99 };
  expect(sortDrafts([here, there, changed, beside], [file])).toEqual({
    placed: [here, there],
    adrift: [changed, beside],
  });
});
