import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { btrfsDisk, namespaceFlags, type SmallDisk } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { measureTree } from "../disk/measure-tree.ts";
import { SESSION } from "../disk/places.ts";
import { deleteTree, measureTrees } from "../trees.ts";
import { makeIndependent } from "./make-independent.ts";
import { keepWork } from "./remove.ts";
import { hashTree } from "./testing/lab.ts";
import { isSubvolume, listTemplates, openSharedLab } from "./testing/shared-lab.ts";

// A disk is made, and each command waits for it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let disk: SmallDisk | null;
beforeAll(async () => {
  disk = await btrfsDisk();
});
afterAll(() => disk?.[Symbol.asyncDispose]());

test("a repository inside such a worktree is kept, with the whole of it; what was committed and written, too", async () => {
  if (disk === null) return;
  await using lab = openSharedLab(disk);
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  lab.write(place, { "new.txt": "n\n" });
  lab.git(place, "init", "-q", "vendor/lib");
  lab.commit(join(place, "vendor/lib"), { "lib.ts": "l\n" });
  const kept = await keepWork(lab.context, { id: "one" });
  const whole = join(lab.context.root.archive, "one.work-worktree");
  expect(kept.at(-1)).toBe(`worktree, which is no part of the branch, is kept in ${whole}`);
  expect(lab.git(join(whole, "vendor/lib"), "show", "HEAD:lib.ts")).toBe("l");
  expect(lab.git(hub, "show", "refs/harness/salvage/one:new.txt")).toBe("n");
  rmSync(hub, { recursive: true });
  expect(lab.git(whole, "fsck", "--full")).toBe("");
});

test("such a worktree becomes independent of the hub as any other", async () => {
  if (disk === null) return;
  await using lab = openSharedLab(disk);
  await lab.session("zero");
  const { hub } = await lab.session("one");
  const head = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await makeIndependent(lab.context, { id: "one" });
  renameSync(hub, join(lab.context.root.hub, "aside"));
  expect(lab.git(lab.worktree("one"), "rev-parse", "HEAD")).toBe(head);
  expect(lab.git(lab.worktree("one"), "fsck", "--full")).toBe("");
  const left = readdirSync(join(lab.worktree("one"), ".git/objects/pack"));
  expect(left.filter((name) => !/^pack-[0-9a-f]{40}\.(pack|idx)$/.test(name))).toEqual([]);
});

test("somebody who is not root makes, measures and removes them, also where a coding agent made more", async () => {
  if (disk === null) return;
  await using lab = openSharedLab(disk);
  const top = join(lab.context.root.path, "..");
  const nobody = {
    uid: 65534,
    gid: 65534,
    encoding: "utf8",
    env: { ...process.env, HOME: join(top, "home") },
  } as const;
  if (spawnSync(process.execPath, ["--version"], nobody).status !== 0) return console.log("NOT RUN: another user");
  execFileSync("cp", ["-a", lab.source, join(lab.path, "home"), top]);
  execFileSync("chown", ["-R", "65534:65534", top]);
  const maker = join(import.meta.dirname, "testing/make-worktree.ts");
  for (const id of ["one", "two"]) {
    const args = [maker, lab.context.root.path, join(top, "project"), id];
    const made = spawnSync(process.execPath, args, nobody);
    expect([made.stderr, isSubvolume(lab.worktree(id))]).toEqual(["", true]);
  }
  const { directory } = lab.context.root.session("two");
  const agent = `
    cd "$1/worktree" && mkdir deep && btrfs subvolume create deep/own && head -c 300000 /dev/zero | tr '\\0' x > deep/own/big &&
    btrfs subvolume create deep/own/closed && mkdir deep/own/closed/in && chmod 0 deep/own/closed/in deep/own/closed &&
    btrfs subvolume snapshot -r deep/own deep/kept && ln -s "$2" deep/own/out`;
  const made = spawnSync("sh", ["-ec", agent, "sh", directory, lab.source], nobody);
  expect([made.stderr, made.status]).toEqual(["", 0]);
  const bounds = { entries: 100_000, walkMs: 60_000, pauseMs: 0 };
  const measure = await measureTree(directory, SESSION, bounds);
  expect([measure.atLeast, measure.sizes.worktree >= 600_000]).toEqual([false, true]);
  expect(await measureTrees([directory])).toBeGreaterThanOrEqual(600_000);

  const deleter = join(import.meta.dirname, "../testing/delete-tree.ts");
  const outside = hashTree(lab.source);
  expect(spawnSync(process.execPath, [deleter, directory], nobody)).toMatchObject({ stdout: "true\n", stderr: "" });
  expect([existsSync(directory), hashTree(lab.source)]).toEqual([false, outside]);
  const [template = ""] = listTemplates(lab);
  const path = join(lab.context.root.hub, template);
  expect(spawnSync(process.execPath, [deleter, path], nobody)).toMatchObject({ stdout: "true\n", stderr: "" });
  expect(existsSync(path)).toBe(false);
});

test("a subvolume that is mounted below is neither measured nor emptied", async () => {
  if (disk === null) return;
  await using lab = openSharedLab(disk);
  await lab.session("one");
  const { directory } = lab.context.root.session("one");
  const outside = join(lab.context.root.path, "outside");
  execFileSync("btrfs", ["-q", "subvolume", "create", outside]);
  writeFileSync(join(outside, "keep.txt"), Buffer.alloc(300_000, 7));
  for (const place of [directory, lab.worktree("one")]) mkdirSync(join(place, "mounted"));
  const script = `
    mount --bind "$2" "$1/mounted" && mount --bind "$2" "$1/worktree/mounted" &&
    "$3" -e 'import(process.argv[1]).then(async ({ measureTrees }) => console.log(await measureTrees([process.argv[2]]) < 300000))' "$4" "$1"
    "$3" "$5" "$1"; find "$1"; stat -c %s "$2/keep.txt"`;
  const trees = join(import.meta.dirname, "../trees.ts");
  const deleter = join(import.meta.dirname, "../testing/delete-tree.ts");
  const args = ["sh", "-c", script, "sh", directory, outside, process.execPath, trees, deleter];
  const ran = spawnSync("unshare", [...namespaceFlags(), ...args], { encoding: "utf8" });
  const left = ["", "mounted", "mounted/keep.txt", "worktree", "worktree/mounted", "worktree/mounted/keep.txt"];
  const lines = ran.stdout.trimEnd().split("\n");
  expect([lines[0], lines[1], lines.at(-1)]).toEqual(["true", "false", "300000"]);
  expect(
    lines
      .slice(2, -1)
      .map((path) => relative(directory, path))
      .toSorted(),
  ).toEqual(left);
  expect([await deleteTree(directory), existsSync(join(outside, "keep.txt"))]).toEqual([true, true]);
});
