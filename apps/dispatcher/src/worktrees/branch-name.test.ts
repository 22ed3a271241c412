import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseBranchName } from "./branch-name.ts";

const GOOD = ["main", "feature/login", "a", "hot.fix", "x_y-z", "v1.2.3", "ü", "feature/#12", "a/b/c/d", "harness/abc"];
const BAD = [
  "",
  "-x",
  "--output=PWNED",
  "HEAD",
  "@",
  "refs",
  "harness",
  "a..b",
  "a b",
  "a~1",
  "a^",
  "a:b",
  "a?",
  "a*",
  "a[b",
  "a\\b",
  "a@{1}",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.lock",
  "a.lock/b",
  "a.",
  "a\nb",
  "a\u0000b",
  "a\u001b[31m",
  "a\u007f",
  "main\u202egnp",
  "ma\u200bin",
  "\ud800",
  "0123456789012345678901234567890123456789",
  "x".repeat(201),
];

test.each(GOOD)("%j is a branch name, for us and for git", (name) => {
  expect(parseBranchName(name)).toBe(name);
  expect(spawnSync("git", ["check-ref-format", "--branch", name]).status).toBe(0);
});

test.each(BAD)("%j is refused with a reason", (name) => {
  expect(() => parseBranchName(name)).toThrow(expect.objectContaining({ code: "branch-invalid" }));
});

test("whatever git refuses is refused here", () => {
  const characters = [
    "a",
    "/",
    ".",
    "-",
    "@",
    "{",
    "~",
    "^",
    ":",
    "?",
    "*",
    "[",
    "\\",
    " ",
    "\t",
    "lock",
    ".lock",
    "..",
  ];
  const names = characters
    .flatMap((one) => characters.map((two) => `a${one}${two}`))
    .concat(characters.flatMap((one) => [one, `${one}a`]));
  const accepted = names.filter(isAccepted);
  expect(accepted.filter((name) => spawnSync("git", ["check-ref-format", `refs/heads/${name}`]).status !== 0)).toEqual(
    [],
  );
});

function isAccepted(name: string): boolean {
  try {
    return parseBranchName(name) === name;
  } catch {
    return false;
  }
}
