import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { btrfsDisk, namespaceFlags, type SmallDisk, until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { measureTree } from "../disk/measure-tree.ts";
import { SESSION } from "../disk/places.ts";
import { deleteTree, measureTrees } from "../trees.ts";
import { canSnapshot } from "./can-snapshot.ts";
import { makeIndependent } from "./make-independent.ts";
import { keepWork } from "./remove.ts";
import { tidyWorktrees } from "./tidy.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";

// A disk is made, and each command waits for it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let disk: SmallDisk | null;
beforeAll(async () => {
  disk = await btrfsDisk();
});
afterAll(() => disk?.[Symbol.asyncDispose]());

/** A lab whose state root is on the btrfs. */
function openShared(environment: Record<string, string> = {}): Lab {
  return openLab({ state: join(mkdtempSync(join(disk?.path ?? "", "root-")), "state"), environment });
}

/** Where there is no btrfs program. */
function openPlain(lab: Lab): Lab {
  const programs = join(lab.path, "programs");
  mkdirSync(programs);
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  symlinkSync(git, join(programs, "git"));
  return openShared({ PATH: programs });
}

const isSubvolume = (path: string) => statSync(path).ino === 256;
const templates = (lab: Lab) => readdirSync(lab.context.root.hub).filter((name) => name.includes(".worktree-"));

/** Every name below a directory with its kind, rights and bytes, but for what says when and where. */
function describe(lab: Lab, id: string): Map<string, string> {
  const top = lab.worktree(id);
  const found = new Map<string, string>();
  for (const name of ["", ...readdirSync(top, { recursive: true, encoding: "utf8" })]) {
    const facts = lstatSync(join(top, name));
    const bytes = () => readFileSync(join(top, name), "latin1").replaceAll(lab.context.root.path, "<state>");
    const text = facts.isSymbolicLink() ? readlinkSync(join(top, name)) : facts.isDirectory() ? "" : bytes();
    found.set(name, `${facts.mode.toString(8)} ${name === ".git/index" ? "" : text}`);
  }
  return found;
}

test("a worktree by snapshot is what a checkout gives, of this session and of no earlier one", async () => {
  if (disk === null) return;
  await using lab = openShared();
  lab.write(lab.source, { "run.sh": "#!/bin/sh\n", "with space/ü.txt": "x\n", "-dash": "d\n", "empty.txt": "" });
  chmodSync(join(lab.source, "run.sh"), 0o755);
  symlinkSync("run.sh", join(lab.source, "link"));
  lab.commit(lab.source, {});
  lab.git(lab.source, "tag", "v1");
  const { hub, start } = await lab.session("one", { branch: "first/of-all" });
  expect(templates(lab)).toEqual([expect.stringMatching(new RegExp(`\\.worktree-${start}$`))]);
  // What the first session is called, and in whose name it commits, is not what the next one finds.
  lab.git(lab.path, "config", "--global", "user.name", "Grace Person");
  await lab.session("two");
  expect(["one", "two"].map((id) => isSubvolume(lab.worktree(id)))).toEqual([true, true]);

  await using plain = openPlain(lab);
  for (const name of readdirSync(lab.path).filter((entry) => ["home", "project"].includes(entry))) {
    rmSync(join(plain.path, name), { recursive: true });
    execFileSync("cp", ["-a", join(lab.path, name), plain.path]);
  }
  await plain.session("two");
  expect([isSubvolume(plain.worktree("two")), templates(plain)]).toEqual([false, []]);
  const hubName = (name: string) => name.replace(/project-[0-9a-f]{12}/, "project");
  const [ours, theirs] = [lab, plain].map((each) =>
    [...describe(each, "two")].map(([name, text]) => `${name} ${hubName(text)}`).toSorted(),
  );
  expect(ours).toEqual(theirs);
  expect(ours?.length).toBeGreaterThan(20);

  const place = lab.worktree("two");
  expect(lab.git(place, "ls-files", "-s")).toBe(plain.git(plain.worktree("two"), "ls-files", "-s"));
  // Nothing has to be read again: the index knows every file as it stands there.
  lab.git(place, "diff-files", "--quiet");
  const second = (id: string) => Math.floor(statSync(join(lab.worktree(id), ".git/index")).mtimeMs / 1000);
  await until(() => Date.now() >= (second("one") + 2) * 1000);
  await lab.session("later");
  expect(second("later")).toBe(second("one") + 1);
  // git writes again what it takes for changed and cannot touch in the hub, whose packs a sandbox shows read-only.
  execFileSync("chmod", ["-R", "a-w", join(hub, "objects")]);
  execFileSync("chattr", ["-R", "+i", join(hub, "objects")]);
  lab.git(lab.worktree("later"), "add", "-A");
  execFileSync("chattr", ["-R", "-i", join(hub, "objects")]);
  expect(lab.git(lab.worktree("later"), "count-objects")).toBe("0 objects, 0 kilobytes");
  lab.write(lab.worktree("later"), { "shared.txt": readFileSync(join(place, "shared.txt"), "utf8").toUpperCase() });
  expect(lab.git(lab.worktree("later"), "status", "--porcelain")).toBe(" M shared.txt");
  expect(lab.git(place, "status", "--porcelain=v2", "--branch")).toBe(`# branch.oid ${start}\n# branch.head work/two`);
  expect([lab.git(place, "fsck", "--full"), lab.git(place, "config", "user.name")]).toEqual(["", "Grace Person"]);
  expect(readFileSync(join(place, ".git/packed-refs"), "utf8")).not.toContain("first/of-all");
  expect(lab.git(hub, "fsck", "--full")).toBe("");
});

test("what one session writes no other sees, and no later one", async () => {
  if (disk === null) return;
  await using lab = openShared();
  await Promise.all(Array.from({ length: 10 }, (_, n) => lab.session(`s${n}`)));
  expect(templates(lab)).toHaveLength(1);
  const before = hashTree(lab.worktree("s1"));
  lab.write(lab.worktree("s0"), { "shared.txt": "mine\n", "new.txt": "new\n" });
  lab.commit(lab.worktree("s0"), { "src/one.ts": "committed\n" });
  lab.git(lab.worktree("s0"), "gc", "-q");
  expect(hashTree(lab.worktree("s1"))).toBe(before);
  await lab.session("late");
  expect(lab.git(lab.worktree("late"), "status", "--porcelain")).toBe("");
  expect(existsSync(join(lab.worktree("late"), "new.txt"))).toBe(false);
  const [template = ""] = templates(lab);
  expect(() => writeFileSync(join(lab.context.root.hub, template, "x"), "x")).toThrow(/EROFS/);
});

test("two templates of a hub are kept, and none without its hub; what a kill left is begun anew", async () => {
  if (disk === null) return;
  await using lab = openShared();
  const { root } = lab.context;
  const starts: string[] = [];
  for (const id of ["a", "b", "c"]) {
    starts.push(lab.commit(lab.source, { "shared.txt": id }));
    await lab.session(id);
  }
  const commits = () => templates(lab).map((name) => name.slice(name.lastIndexOf("-") + 1));
  await until(() => commits().length === 2);
  expect(commits().toSorted()).toEqual(starts.slice(1).toSorted());
  await until(() => !readdirSync(root.hub).some((name) => name.startsWith(".new-")));

  // As after kill -9 between the snapshot and its name.
  renameSync(lab.worktree("c"), join(root.session("c").directory, ".worktree-abc"));
  await lab.session("c");
  expect(readdirSync(root.session("c").directory)).toEqual(["worktree"]);
  expect(readFileSync(join(lab.worktree("c"), "shared.txt"), "utf8")).toBe("c");

  const [name = ""] = templates(lab);
  execFileSync("btrfs", ["subvolume", "snapshot", "-r", join(root.hub, name), join(root.hub, ".new-abc")]);
  renameSync(join(root.hub, name), join(root.hub, name.replace(/^project/, "gone")));
  await tidyWorktrees(lab.context);
  expect(readdirSync(root.hub).toSorted()).toEqual(
    [...templates(lab), ...readdirSync(root.hub).filter((each) => each.endsWith(".git"))].toSorted(),
  );
  expect(templates(lab)).toHaveLength(1);
});

test("a repository inside such a worktree is kept, with the whole of it; what was committed and written, too", async () => {
  if (disk === null) return;
  await using lab = openShared();
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
  await using lab = openShared();
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
  await using lab = openShared();
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
  const [template = ""] = templates(lab);
  const path = join(lab.context.root.hub, template);
  expect(spawnSync(process.execPath, [deleter, path], nobody)).toMatchObject({ stdout: "true\n", stderr: "" });
  expect(existsSync(path)).toBe(false);
});

test("a subvolume that is mounted below is neither measured nor emptied", async () => {
  if (disk === null) return;
  await using lab = openShared();
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

test("whether it works is found out by doing it, and nothing is left of the trial", async () => {
  if (disk === null) return;
  await using lab = openShared();
  await using plain = openPlain(lab);
  const { hub } = lab.context.root;
  expect(await canSnapshot(lab.context, join(hub, "probe"))).toEqual({ works: true });
  expect(await canSnapshot(plain.context, join(plain.context.root.hub, "probe"))).toEqual({
    works: false,
    isBtrfs: true,
    why: expect.stringMatching(/btrfs/),
  });
  await using elsewhere = openLab();
  expect(await canSnapshot(elsewhere.context, "/nowhere")).toMatchObject({ works: false, isBtrfs: false });
  expect([readdirSync(hub), readdirSync(plain.context.root.hub)]).toEqual([[], []]);
});
