import { expect, test } from "vitest";
import { parseWorktrees } from "./checkouts.ts";

test("the list of checkouts is read: with a branch, detached, bare, and with a line break in the path", () => {
  const records = [
    ["worktree /repo", "HEAD aaa", "branch refs/heads/main"],
    ["worktree /odd\npath", "HEAD bbb", "branch refs/heads/topic/x", "locked because"],
    ["worktree /detached", "HEAD ccc", "detached"],
    ["worktree /bare.git", "bare"],
  ];
  const text = records.map((lines) => `${lines.join("\0")}\0\0`).join("");
  expect(parseWorktrees(text)).toEqual([
    { path: "/repo", branch: "refs/heads/main" },
    { path: "/odd\npath", branch: "refs/heads/topic/x" },
    { path: "/detached", branch: null },
    { path: "/bare.git", branch: null },
  ]);
});
