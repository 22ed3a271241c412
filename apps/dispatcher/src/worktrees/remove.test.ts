import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { moveToTrash } from "../sessions/trash.ts";
import { forgetWorktree, keepWork } from "./remove.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 120_000 };
const silent = { info: () => {}, warn: () => {}, error: () => {}, close: () => {} };

/** As `harness rm` does it, with a trash that keeps nothing. */
async function remove(lab: Lab, id: string): Promise<string[]> {
  const { root } = lab.context;
  mkdirSync(root.trash, { recursive: true });
  const kept = await keepWork(lab.context, { id });
  const parts = { root, clock: systemClock, log: silent, config: parseConfig("trash: { keepDays: 0 }") };
  await moveToTrash(parts, root.session(id).directory);
  await forgetWorktree(lab.context, { id });
  await until(() => readdirSync(root.trash).length === 0, { timeoutMs: 60_000 });
  return kept;
}

test("a session goes, its work stays in the hub, its branch's name is free again", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one", { branch: "topic" });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.write(lab.worktree("one"), { "new.txt": "n\n" });
  const kept = await remove(lab, "one");
  expect(kept[0]).toMatch(/^Every commit and what was not committed is kept as refs\/harness\/salvage\/one\./);
  expect(existsSync(lab.context.root.session("one").directory)).toBe(false);
  expect(lab.git(hub, "for-each-ref", "--format=%(refname)", "refs/harness/")).toBe("refs/harness/salvage/one");
  expect(lab.git(hub, "show", "refs/harness/salvage/one:new.txt")).toBe("n");
  expect(readdirSync(lab.context.root.runOf("one").directory)).toEqual([]);
  await lab.session("two", { branch: "topic" });
});

test(
  "a tree three thousand folders deep, closed folders and links that lead out: all of it goes and nothing else",
  SLOW,
  async () => {
    await using lab = openLab();
    lab.commit(lab.source, { ".gitignore": "node_modules\n" });
    await lab.session("one");
    const place = lab.worktree("one");
    const sentinel = join(lab.path, "sentinel");
    lab.write(sentinel, { "keep.txt": "keep\n", "folder/keep.txt": "keep\n" });
    const before = hashTree(sentinel);
    mkdirSync(join(place, "node_modules/deep"), { recursive: true });
    symlinkSync(sentinel, join(place, "node_modules/link"));
    symlinkSync(lab.source, join(place, "node_modules/source"));
    symlinkSync(sentinel, join(lab.context.root.session("one").directory, "home"));
    const cwd = join(place, "node_modules/deep");
    const folders = Array.from({ length: 1000 }, () => "d").join("/");
    const down = 'for i in 1 2 3; do mkdir -p "$0" && cd -P "$0" || exit 1; done; : > bottom';
    const script = `mkdir closed; : > closed/x; chmod 000 closed; ${down}`;
    execFileSync("sh", ["-c", script, folders], { cwd, env: { PATH: process.env["PATH"], PWD: cwd } });
    const source = hashTree(lab.source);
    await remove(lab, "one");
    expect(hashTree(sentinel)).toBe(before);
    expect(hashTree(lab.source)).toBe(source);
  },
);

test("the work of a session without a branch is kept as it is", async () => {
  await using lab = openLab();
  const { directory, work } = lab.context.root.session("one");
  lab.write(work, { "notes.md": "notes\n" });
  lab.write(directory, { "home/.cache/x": "x\n" });
  const [line = ""] = await remove(lab, "one");
  const kept = join(lab.context.root.archive, "one.work");
  expect(line).toBe(`work, which is no part of the branch, is kept in ${kept}`);
  expect(readFileSync(join(kept, "notes.md"), "utf8")).toBe("notes\n");
  expect(readdirSync(lab.context.root.archive).toSorted()).toEqual(["one.salvage.json", "one.work"]);
});

test(
  "a repository inside the worktree is kept whole, one that only seems to be inside is not touched",
  SLOW,
  async () => {
    await using lab = openLab();
    await lab.session("one");
    const place = lab.worktree("one");
    lab.git(place, "init", "-q", "vendor/lib");
    lab.commit(join(place, "vendor/lib"), { "lib.ts": "l\n" });
    symlinkSync(lab.source, join(place, "outside"));
    const before = hashTree(lab.source);
    await remove(lab, "one");
    expect(lab.git(join(lab.context.root.archive, "one.work-lib"), "show", "HEAD:lib.ts")).toBe("l");
    expect(hashTree(lab.source)).toBe(before);
  },
);

test("a session that has nothing leaves nothing", async () => {
  await using lab = openLab();
  await lab.session("one");
  expect(await remove(lab, "one")).toEqual([]);
  expect(existsSync(lab.context.root.archive)).toBe(false);
});

test("what cannot be saved is not removed", async () => {
  await using lab = openLab();
  await lab.session("one");
  execFileSync("rm", ["-r", join(lab.worktree("one"), ".git")]);
  await expect(remove(lab, "one")).rejects.toMatchObject({
    code: "salvage-failed",
    hint: expect.stringContaining("--discard"),
  });
  expect(readdirSync(lab.worktree("one"))).toContain("shared.txt");
});

test("a session with submodules is kept whole: their repositories are nothing apart from it", SLOW, async () => {
  await using lab = openLab();
  const other = join(lab.path, "other");
  lab.git(lab.path, "init", "-q", other);
  lab.commit(other, { "lib.txt": "lib\n" });
  await lab.session("one");
  const place = lab.worktree("one");
  lab.git(place, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "vendor/lib");
  lab.git(place, "commit", "-q", "-m", "vendor");
  lab.commit(join(place, "vendor/lib"), { "own.txt": "o\n" }, "work in the submodule");
  lab.write(place, { "vendor/lib/lib.txt": "changed\n" });
  const kept = (await remove(lab, "one")).join("\n");
  const copy = /is kept in (\S+)/.exec(kept)?.[1] ?? "";
  expect(readFileSync(join(copy, "vendor/lib/lib.txt"), "utf8")).toBe("changed\n");
  expect(lab.git(join(copy, "vendor/lib"), "log", "--format=%s")).toContain("work in the submodule");
});
