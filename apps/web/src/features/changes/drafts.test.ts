import { expect, test } from "vitest";
import { fileDiff, hunk } from "../../../test/file-diff.ts";
import { isWritten, sortDrafts, spotOf, withComment, withoutSent, withoutWriting, withWriting } from "./drafts.ts";
import { type Drafts, NO_DRAFTS, readDrafts } from "./read-drafts.ts";

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
  const both = withComment(withComment(NO_DRAFTS, first), other);
  expect(withComment(both, second).comments).toEqual([second, other]);
  expect(withComment(both, { ...spot, text: " \n" }).comments).toEqual([other]);
});

const here = { ...spotOf(file, fresh!), text: "here" };
const there = { ...spotOf(file, gone!), text: "there" };
const drafts = (facts: Partial<Drafts>): Drafts => ({ ...NO_DRAFTS, ...facts });

test("what is sent goes, and what was written meanwhile stays", () => {
  const attempt = { id: "m", content: "c" };
  const sent = { comments: [here], message: "Well done." };
  const anew = { ...here, text: "here, anew" };
  expect(withoutSent(drafts({ ...sent, attempt }), sent)).toEqual(NO_DRAFTS);
  expect(withoutSent(drafts({ comments: [here, there], message: "Well done. But" }), sent)).toEqual(
    drafts({ comments: [there], message: "Well done. But" }),
  );
  expect(withoutSent(drafts({ comments: [anew], writing: [there] }), sent)).toEqual(
    drafts({ comments: [anew], writing: [there] }),
  );
});

test("who begins on another line leaves what they have begun, unless it is nothing", () => {
  const begun = withWriting(NO_DRAFTS, here, "her");
  expect(withWriting(begun, there).writing).toEqual([
    { ...here, text: "her" },
    { ...there, text: "" },
  ]);
  expect(withWriting(withWriting(NO_DRAFTS, here, " "), there).writing).toEqual([{ ...there, text: "" }]);
  // What is kept is not what somebody writes, until they change it.
  const kept = drafts({ comments: [here] });
  expect(withWriting(withWriting(kept, here), there).writing).toEqual([{ ...there, text: "" }]);
  expect(withWriting(kept, here).writing).toEqual([here]);
  expect(withComment(begun, here)).toEqual(kept);
  expect(withoutWriting(begun, here)).toEqual(NO_DRAFTS);
});

test.each([
  [drafts({}), false],
  [drafts({ message: " \n", writing: [{ ...here, text: "" }] }), false],
  [drafts({ message: "x" }), true],
  [drafts({ writing: [here] }), true],
  [drafts({ comments: [here] }), true],
])("whether anything would be lost", (one, is) => {
  expect(isWritten(one)).toBe(is);
});

test("what an earlier page of the tab left is taken as far as it fits", () => {
  const whole = {
    k3x: drafts({ comments: [here], writing: [there], message: "x", attempt: { id: "m", content: "c" } }),
  };
  expect(readDrafts(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  expect(readDrafts({ a: { comments: [{ ...here, line: "1" }, null, here], message: 3 }, b: 1, c: {} })).toEqual({
    a: drafts({ comments: [here] }),
    c: NO_DRAFTS,
  });
  expect(readDrafts("junk")).toBeUndefined();
});

test("a comment on a content that is not there any more is set apart", () => {
  const changed = { ...here, oid: "c".repeat(40) };
  const beside = { ...here, line: 99 };
  expect(sortDrafts([here, there, changed, beside], [file])).toEqual({
    placed: [here, there],
    adrift: [changed, beside],
  });
});
