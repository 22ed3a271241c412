import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseWorktrees } from "./checkouts.ts";
import { createWorktree } from "./clone.ts";
import { inspectSource } from "./source.ts";
import { openLab } from "./testing/lab.ts";
import { mergeSession } from "./testing/merge-session.ts";

test("the list of checkouts is read: with a branch, detached, bare, and with a line break in the path", () => {
  const records = [
    ["worktree /repo", "HEAD aaa", "branch refs/heads/main"],
    ["worktree /odd\npath", "HEAD bbb", "branch refs/heads/topic/x", "locked because"],
    ["worktree /detached", "HEAD ccc", "detached"],
    ["worktree /bare.git", "bare"],
    ["worktree /deleted", "HEAD ddd", "branch refs/heads/gone", "prunable gitdir file points to nothing"],
  ];
  const text = records.map((lines) => `${lines.join("\0")}\0\0`).join("");
  expect(parseWorktrees(text)).toEqual([
    { path: "/repo", branch: "refs/heads/main", isGone: false },
    { path: "/odd\npath", branch: "refs/heads/topic/x", isGone: false },
    { path: "/detached", branch: null, isGone: false },
    { path: "/bare.git", branch: null, isGone: false },
    { path: "/deleted", branch: "refs/heads/gone", isGone: true },
  ]);
});

test("a branch is free whose checkout was deleted", async () => {
  await using lab = openLab();
  const linked = join(lab.path, "linked");
  lab.git(lab.source, "worktree", "add", "-q", "-b", "side", linked);
  await lab.session("one", { base: "side" });
  const oid = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  rmSync(linked, { recursive: true });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged", checkout: null });
  expect(lab.git(lab.source, "rev-parse", "side^2")).toBe(oid);
});

test("one on a disk that is away is not", async () => {
  await using lab = openLab();
  const linked = join(lab.path, "linked");
  lab.git(lab.source, "worktree", "add", "-q", "--lock", "-b", "side", linked);
  await lab.session("one", { base: "side" });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  renameSync(linked, join(lab.path, "away"));
  const merge = await mergeSession(lab.context, { id: "one" });
  expect(merge).toMatchObject({ outcome: "waiting", line: expect.stringContaining("which is not there") });
});

test.each([
  ["of a submodule", ["-c", "protocol.file.allow=always", "submodule", "add", "-q", "../project", "sub"]],
  ["apart from its files", ["init", "-q", "--separate-git-dir", "../apart", "sub"]],
])("the checkout of a repository %s comes along", async (_, args) => {
  await using lab = openLab();
  const outer = join(lab.path, "outer");
  lab.git(lab.path, "init", "-q", outer);
  lab.git(outer, ...args);
  const path = join(outer, "sub");
  lab.commit(path, { "own.ts": "own\n" });
  const source = await inspectSource(lab.context, { path });
  // What config.yaml calls it.
  expect(source.root).toBe(path);
  await createWorktree(lab.context, { id: "one", source, branch: "work/one" });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged", checkout: path });
  expect(readFileSync(join(path, "two.ts"), "utf8")).toBe("2\n");
  expect(lab.git(path, "status", "--porcelain")).toBe("");
});

test("a checkout that is linked to a submodule is one of the same repository", async () => {
  await using lab = openLab();
  const outer = join(lab.path, "outer");
  lab.git(lab.path, "init", "-q", outer);
  lab.git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../project", "sub");
  const linked = join(lab.path, "linked");
  lab.git(join(outer, "sub"), "worktree", "add", "-q", "-b", "side", linked);
  const { root, checkout } = await inspectSource(lab.context, { path: linked });
  expect([root, checkout]).toEqual([join(outer, "sub"), linked]);
});
