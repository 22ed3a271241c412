import { expect, test } from "vitest";
import { writePrompt } from "./write-prompt.ts";

const oid = "b".repeat(40);
const placed = (change: object = {}) => {
  return {
    path: "src/a.ts",
    line: 12,
    side: "new" as const,
    text: "Check for null.",
    code: "\tuse(x);",
    oid,
    ...change,
  };
};

test("comments are one prompt, each with path, side, line, the line itself and the content it was made on", () => {
  const comments = [placed(), placed({ line: 3, side: "old", code: "old();", text: "Why did this go?" })];
  expect(writePrompt({ comments, message: "Nearly there.\n", from: "c".repeat(40) })).toBe(
    [
      `Review of your changes since ${"c".repeat(40)}. 2 comments on lines of the diff; what stands in a fence is quoted from a file.`,
      "A line number counts in the content whose name is given: `git hash-object <path>` tells whether the file is still that one.",
      "",
      "Nearly there.",
      "",
      `## Comment 1: line 12, content ${oid}`,
      "```",
      "src/a.ts:12",
      "\tuse(x);",
      "```",
      "Check for null.",
      "",
      `## Comment 2: line 3 before the change (removed or moved since), content ${oid}`,
      "```",
      "src/a.ts:3",
      "old();",
      "```",
      "Why did this go?",
    ].join("\n"),
  );
});

test("what is quoted can neither close its fence nor hide anything", () => {
  const text = writePrompt({ comments: [placed({ path: "a\n```\n.ts", code: "````\u202e x\r" })], from: oid });
  const lines = text.split("\n");
  const fences = lines.filter((line) => /^`+$/.test(line));
  expect(fences).toEqual(["`````", "`````"]);
  expect(lines.slice(lines.indexOf("`````") + 1, lines.lastIndexOf("`````"))).toEqual([
    "a\\u{a}```\\u{a}.ts:12",
    "````\\u{202e} x\\u{d}",
  ]);
});
