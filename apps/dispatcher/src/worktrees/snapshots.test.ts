import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { btrfsDisk, type SmallDisk, until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { canSnapshot } from "./can-snapshot.ts";
import { tidyWorktrees } from "./tidy.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";
import { isSubvolume, listTemplates, openSharedLab } from "./testing/shared-lab.ts";

// A disk is made, and each command waits for it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let disk: SmallDisk | null;
beforeAll(async () => {
  disk = await btrfsDisk();
});
afterAll(() => disk?.[Symbol.asyncDispose]());

const openShared = (environment?: Record<string, string>) => openSharedLab(disk, environment);

/** Where there is no btrfs program. */
function openPlain(lab: Lab): Lab {
  const programs = join(lab.path, "programs");
  mkdirSync(programs);
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  symlinkSync(git, join(programs, "git"));
  return openShared({ PATH: programs });
}

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
  expect(listTemplates(lab)).toEqual([expect.stringMatching(new RegExp(`\\.worktree-${start}$`))]);
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
  expect([isSubvolume(plain.worktree("two")), listTemplates(plain)]).toEqual([false, []]);
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
  expect(listTemplates(lab)).toHaveLength(1);
  const before = hashTree(lab.worktree("s1"));
  lab.write(lab.worktree("s0"), { "shared.txt": "mine\n", "new.txt": "new\n" });
  lab.commit(lab.worktree("s0"), { "src/one.ts": "committed\n" });
  lab.git(lab.worktree("s0"), "gc", "-q");
  expect(hashTree(lab.worktree("s1"))).toBe(before);
  await lab.session("late");
  expect(lab.git(lab.worktree("late"), "status", "--porcelain")).toBe("");
  expect(existsSync(join(lab.worktree("late"), "new.txt"))).toBe(false);
  const [template = ""] = listTemplates(lab);
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
  const commits = () => listTemplates(lab).map((name) => name.slice(name.lastIndexOf("-") + 1));
  await until(() => commits().length === 2);
  expect(commits().toSorted()).toEqual(starts.slice(1).toSorted());
  await until(() => !readdirSync(root.hub).some((name) => name.startsWith(".new-")));

  // As after kill -9 between the snapshot and its name.
  renameSync(lab.worktree("c"), join(root.session("c").directory, ".worktree-abc"));
  await lab.session("c");
  expect(readdirSync(root.session("c").directory)).toEqual(["worktree"]);
  expect(readFileSync(join(lab.worktree("c"), "shared.txt"), "utf8")).toBe("c");

  const [name = ""] = listTemplates(lab);
  execFileSync("btrfs", ["subvolume", "snapshot", "-r", join(root.hub, name), join(root.hub, ".new-abc")]);
  renameSync(join(root.hub, name), join(root.hub, name.replace(/^project/, "gone")));
  await tidyWorktrees(lab.context);
  expect(readdirSync(root.hub).toSorted()).toEqual(
    [...listTemplates(lab), ...readdirSync(root.hub).filter((each) => each.endsWith(".git"))].toSorted(),
  );
  expect(listTemplates(lab)).toHaveLength(1);
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
  // Somebody installs it: that there was none is no news for ever.
  const probe = join(plain.context.root.hub, "probe");
  const later = (ms: number) => () => performance.now() + ms;
  const btrfs = execFileSync("sh", ["-c", "command -v btrfs"], { encoding: "utf8" }).trim();
  symlinkSync(btrfs, join(lab.path, "programs/btrfs"));
  expect(await canSnapshot(plain.context, probe, later(30_000))).toMatchObject({ works: false });
  const asked = [61_000, 61_000, 62_000].map((ms) => canSnapshot(plain.context, probe, later(ms)));
  expect(await Promise.all(asked)).toEqual([{ works: true }, { works: true }, { works: true }]);
  rmSync(join(lab.path, "programs/btrfs"));
  expect(await canSnapshot(plain.context, probe, later(200_000))).toEqual({ works: true });
  await using elsewhere = openLab();
  expect(await canSnapshot(elsewhere.context, "/nowhere")).toMatchObject({ works: false, isBtrfs: false });
  expect([readdirSync(hub), readdirSync(plain.context.root.hub)]).toEqual([[], []]);
});
