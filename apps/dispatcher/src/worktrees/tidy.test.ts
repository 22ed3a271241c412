import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { tidyWorktrees } from "./tidy.ts";
import { hashTree, openLab } from "./testing/lab.ts";

test("what a killed dispatcher left is taken away; what is whole stays as it is", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const { root } = lab.context;
  const before = [hub, lab.worktree("one")].map(hashTree);
  const litter = [
    join(root.hub, ".new-abc/objects"),
    join(root.session("one").directory, ".worktree-abc/src"),
    join(root.runOf("one").directory, "mirror-abc/objects"),
  ];
  const locks = [join(hub, "packed-refs.lock"), join(hub, "refs/heads/main.lock"), join(hub, "config.lock")];
  for (const path of litter) mkdirSync(path, { recursive: true });
  for (const path of locks) writeFileSync(path, "");
  await tidyWorktrees(lab.context);
  expect([hub, lab.worktree("one")].map(hashTree)).toEqual(before);
  expect([...litter, ...locks].filter((path) => existsSync(path))).toEqual([]);
});

test("the locks of a git that is still at work are its own", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const lock = join(hub, "packed-refs.lock");
  writeFileSync(lock, "");
  const git = spawn("sleep", ["600"], { cwd: hub });
  try {
    await once(git, "spawn");
    await tidyWorktrees(lab.context);
    expect(existsSync(lock)).toBe(true);
  } finally {
    git.kill();
    await once(git, "exit");
  }
  await until(async () => {
    await tidyWorktrees(lab.context);
    return !existsSync(lock);
  });
});

test("a session that was removed halfway holds no branch any more; one that vanished keeps everything", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one", { branch: "topic" });
  const { sessions, trash } = lab.context.root;
  const refs = () => lab.git(hub, "for-each-ref", "--format=%(refname)", "refs/harness/");
  rmSync(sessions, { recursive: true });
  await tidyWorktrees(lab.context);
  expect(refs()).toContain("refs/harness/branch/topic");
  mkdirSync(sessions);
  await tidyWorktrees(lab.context);
  expect(refs()).toContain("refs/harness/branch/topic");
  mkdirSync(join(trash, "one.1700000000000"), { recursive: true });
  await tidyWorktrees(lab.context);
  expect(refs()).toBe("");
  await lab.session("two", { branch: "topic" });
});
