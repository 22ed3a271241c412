import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellLine } from "./shell-line.ts";

test.each([
  [["git", "-C", "/shop", "merge", "harness/x"], "git -C /shop merge harness/x"],
  [["cd", "/my shop"], "cd '/my shop'"],
  [["echo", ""], "echo ''"],
  [["echo", "it's"], "echo 'it'\\''s'"],
])("%j is %s", (words, line) => {
  expect(shellLine(words)).toBe(line);
});

test("a shell reads the words that were meant, whatever stands in them", () => {
  const words = [
    "a b",
    "$(id)",
    "`id`",
    "it's",
    "~",
    "*",
    "a\nb",
    "#",
    "ü",
    '"',
    "\\",
    "a;b",
    "!",
    "{a,b}",
    "-n",
    "x=1",
  ];
  const line = shellLine(["printf", "%s\\0", ...words]);
  expect(execFileSync("sh", ["-c", line], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(words);
});
