import { expect, test } from "vitest";
import type { FileDiff } from "../worktrees/diff.ts";
import { placeComments } from "./place-comments.ts";
import { CommentSchema } from "./schema.ts";

const [before, after] = ["a".repeat(40), "b".repeat(40)];

function diffOf(path: string, change: Partial<FileDiff> = {}): FileDiff {
  const lines: FileDiff["hunks"][number]["lines"] = [
    { kind: "context", old: 4, new: 4, text: "keep" },
    { kind: "removed", old: 5, new: null, text: "gone" },
    { kind: "added", old: null, new: 5, text: "fresh" },
  ];
  return {
    path,
    from: null,
    status: "modified",
    added: 1,
    removed: 1,
    oldMode: "100644",
    newMode: "100644",
    oldOid: before,
    newOid: after,
    cut: false,
    hidden: false,
    uncommitted: null,
    hunks: [
      {
        oldStart: 4,
        oldLines: 2,
        newStart: 4,
        newLines: 2,
        heading: "",
        lines,
      },
    ],
    ...change,
  };
}

const comment = (path: string, line: number, rest: object = {}) =>
  CommentSchema.parse({ path, line, text: "why?", ...rest });

test.each([
  ["a line that was added", {}, "fresh", after],
  ["a line that was removed", { side: "old" }, "gone", before],
])("%s is found with its content", (_, rest, code, oid) => {
  expect(placeComments([diffOf("x.ts")], [comment("x.ts", 5, rest)])).toMatchObject([{ code, oid }]);
});

test("the old side of a renamed file goes by its old name, too", () => {
  const files = [diffOf("new.ts", { from: "old.ts", status: "renamed" })];
  expect(placeComments(files, [comment("old.ts", 5, { side: "old" })])).toMatchObject([{ code: "gone" }]);
  expect(() => placeComments(files, [comment("old.ts", 5)])).toThrow("old.ts is not in the diff. It has new.ts.");
});

test.each([
  ["a file", comment("y.ts", 5), "y.ts is not in the diff. It has x.ts."],
  ["a line", comment("x.ts", 9), "Line 9 of x.ts is not in the diff, which has 4-5 there, on the new side."],
  ["a name with hidden characters", comment("y\u202e\n.ts", 5), "y\\u{202e}\\u{a}.ts is not in the diff."],
])("%s that is not in the diff is refused with what is", (_, one, words) => {
  const place = () => placeComments([diffOf("x.ts")], [comment("x.ts", 5), one]);
  expect(place).toThrow(expect.objectContaining({ code: "comment-misplaced" }));
  expect(place).toThrow(words);
});

test("a comment on another content than the present one is refused", () => {
  expect(placeComments([diffOf("x.ts")], [comment("x.ts", 5, { oid: after })])).toHaveLength(1);
  expect(() => placeComments([diffOf("x.ts")], [comment("x.ts", 5, { oid: before })])).toThrow(
    expect.objectContaining({ code: "review-outdated" }),
  );
});
