import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktree } from "./clone.ts";
import { readRecord } from "./record.ts";
import { release } from "./reserve.ts";
import { inspectSource } from "./source.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";

test("a worktree is whole, clean, on its own branch, in the person's name, with the base to compare with and nowhere to push", async () => {
  await using lab = openLab();
  lab.git(lab.source, "tag", "v1");
  const record = await lab.session("one", { branch: "feature/login" });
  const place = lab.worktree("one");
  const ask = (...args: string[]) => lab.git(place, ...args);
  expect(ask("status", "--porcelain=v2", "--branch")).toBe(`# branch.oid ${record.start}\n# branch.head feature/login`);
  expect(readdirSync(place).toSorted()).toEqual([".git", "shared.txt", "src"]);
  expect(ask("rev-parse", "main", "v1")).toBe(`${record.start}\n${record.start}`);
  expect(ask("config", "--local", "user.name")).toBe("Ada Person");
  expect(ask("remote")).toBe("");
  expect(() => ask("push")).toThrow(/No configured push destination/);
  expect(() => ask("push", "origin", "HEAD")).toThrow(/does not appear to be a git repository/);
  expect(readFileSync(join(place, ".git/config"), "utf8")).not.toContain(lab.path);
  expect(ask("fsck", "--full")).toBe("");
});

test("commit, stash, rebase, gc and prune in a worktree disturb neither the hub nor the person's repository nor another session", async () => {
  await using lab = openLab();
  lab.git(lab.source, "gc", "-q");
  const { hub } = await lab.session("one");
  await lab.session("two");
  const place = lab.worktree("one");
  const before = [lab.source, hub, lab.worktree("two")].map(hashTree);

  lab.commit(place, { "src/two.ts": "2\n" });
  lab.write(place, { "shared.txt": "stashed\n" });
  lab.git(place, "stash", "-q");
  lab.git(place, "checkout", "-q", "-b", "side", "HEAD^");
  lab.commit(place, { "src/three.ts": "3\n" });
  lab.git(place, "rebase", "-q", "work/one");
  lab.git(place, "branch", "-q", "-D", "main");
  lab.git(place, "gc", "-q", "--prune=now", "--aggressive");
  lab.git(place, "reflog", "expire", "--expire=now", "--all");
  lab.git(place, "repack", "-q", "-a", "-d");

  expect([lab.source, hub, lab.worktree("two")].map(hashTree)).toEqual(before);
  for (const repository of [lab.source, hub, lab.worktree("two"), place])
    expect(lab.git(repository, "fsck", "--full")).not.toMatch(/missing|broken/);
});

test("a session's commits outlive a purge of the person's repository", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "two.ts": "2\n" });
  await lab.session("one");
  lab.git(lab.source, "reset", "-q", "--hard", "HEAD^");
  lab.git(lab.source, "reflog", "expire", "--expire=now", "--all");
  lab.git(lab.source, "gc", "-q", "--prune=now");
  expect(lab.git(lab.worktree("one"), "fsck", "--full")).toBe("");
  expect(lab.git(lab.worktree("one"), "show", "HEAD:two.ts")).toBe("2");
});

test("the base is pinned in the hub and the branch's name is taken there, until both are released", async () => {
  await using lab = openLab();
  const record = await lab.session("one", { branch: "topic" });
  const refs = () => lab.git(record.hub, "for-each-ref", "--format=%(refname) %(objectname)", "refs/harness/");
  expect(refs()).toBe(`refs/harness/base/one ${record.start}\nrefs/harness/branch/topic ${record.start}`);
  await release(lab.context, record);
  expect(refs()).toBe("");
  await release(lab.context, record);
});

test.each(["topic", "topic/deeper"])(
  "two sessions of one repository never own one branch (topic and %s)",
  async (branch) => {
    await using lab = openLab();
    await lab.session("one", { branch: "topic" });
    await expect(lab.session("two", { branch })).rejects.toMatchObject({ code: "branch-exists" });
    expect(readdirSync(lab.context.root.sessions)).toEqual(["one"]);
  },
);

test("of two that ask for the same name at the same moment one gets it", async () => {
  await using lab = openLab();
  const results = await Promise.allSettled([
    lab.session("one", { branch: "topic" }),
    lab.session("two", { branch: "topic" }),
  ]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(readdirSync(lab.context.root.sessions)).toHaveLength(1);
});

test("a branch that exists is refused, and with --continue gone on with", async () => {
  await using lab = openLab();
  lab.git(lab.source, "checkout", "-q", "-b", "feature");
  const tip = lab.commit(lab.source, { "feature.ts": "f\n" });
  lab.git(lab.source, "checkout", "-q", "main");
  await expect(lab.session("one", { branch: "feature" })).rejects.toMatchObject({ code: "branch-exists" });
  expect(existsSync(lab.context.root.hub) && readdirSync(lab.context.root.sessions)).toEqual([]);
  const record = await lab.session("one", { branch: "feature", continue: true });
  expect(record).toMatchObject({ start: tip, baseRef: "refs/heads/main" });
  expect(lab.git(lab.worktree("one"), "log", "--format=%s", "-1")).toBe("change");
});

test.each(["-x", "a..b", "--output=x", "x\u001b[2J"])(
  "branch %j is refused before anything is made",
  async (branch) => {
    await using lab = openLab();
    const source = await inspectSource(lab.context, { path: lab.source });
    await expect(createWorktree(lab.context, { id: "one", source, branch })).rejects.toMatchObject({
      code: "branch-invalid",
    });
    expect(readdirSync(lab.context.root.hub)).toEqual([]);
  },
);

test("a dirty repository is left as it is, and its changes are not in the worktree", async () => {
  await using lab = openLab();
  lab.write(lab.source, { "shared.txt": "not committed\n", "new.txt": "new\n" });
  const before = hashTree(lab.source);
  await lab.session("one");
  expect(readFileSync(join(lab.worktree("one"), "shared.txt"), "utf8")).toContain("line 1\n");
  expect(existsSync(join(lab.worktree("one"), "new.txt"))).toBe(false);
  expect(hashTree(lab.source)).toBe(before);
});

test("what cannot be finished leaves nothing behind: no directory, no ref, no record", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("zero");
  loseFile(lab, hub, "main:shared.txt");
  const { sessions, run } = lab.context.root;
  await expect(lab.session("one")).rejects.toMatchObject({
    code: "git-failed",
    message: expect.stringContaining("shared.txt"),
  });
  expect([readdirSync(sessions), readdirSync(run.sessions)]).toEqual([["zero"], ["zero"]]);
  expect(lab.git(hub, "for-each-ref", "refs/harness/")).not.toContain("one");
});

function loseFile(lab: Lab, gitDirectory: string, name: string): void {
  const oid = lab.git(gitDirectory, "rev-parse", name);
  const packs = join(gitDirectory, "objects/pack");
  for (const file of readdirSync(packs)) renameSync(join(packs, file), join(lab.path, file));
  for (const file of readdirSync(lab.path).filter((entry) => entry.endsWith(".pack"))) {
    execFileSync("git", ["unpack-objects", "-q"], { cwd: gitDirectory, input: readFileSync(join(lab.path, file)) });
  }
  rmSync(join(gitDirectory, "objects", oid.slice(0, 2), oid.slice(2)));
}

test("a second call for the same session answers with what is there; one that was killed is begun anew", async () => {
  await using lab = openLab();
  const record = await lab.session("one");
  lab.write(lab.worktree("one"), { "mine.txt": "mine\n" });
  expect(await lab.session("one")).toEqual(record);
  expect(existsSync(join(lab.worktree("one"), "mine.txt"))).toBe(true);
  // As after kill -9 in the middle of the checkout.
  renameSync(lab.worktree("one"), join(lab.context.root.session("one").directory, ".worktree-abc"));
  expect(await lab.session("one")).toEqual(record);
  expect(readdirSync(lab.context.root.session("one").directory)).toEqual(["worktree"]);
  expect(existsSync(join(lab.worktree("one"), "mine.txt"))).toBe(false);
});

test("a record that was lost is made again from session.json and the hub", async () => {
  await using lab = openLab();
  const record = await lab.session("one");
  const { spec } = lab.context.root.session("one");
  writeFileSync(
    spec,
    JSON.stringify({
      v: 1,
      id: "one",
      agent: { driver: "command" },
      repository: lab.source,
      base: "main",
      branch: "work/one",
    }),
  );
  renameSync(lab.context.root.runOf("one").directory, join(lab.path, "lost"));
  expect(await readRecord(lab.context, "one")).toEqual(record);
});

test("a session without a worktree has no record, and says so", async () => {
  await using lab = openLab();
  await expect(readRecord(lab.context, "one")).rejects.toMatchObject({ code: "worktree-missing" });
});

test("links, executable files and odd names are checked out as they are", async () => {
  await using lab = openLab();
  lab.write(lab.source, { "run.sh": "#!/bin/sh\n", "with space/ü.txt": "x\n", "-dash": "d\n" });
  chmodSync(join(lab.source, "run.sh"), 0o755);
  symlinkSync("run.sh", join(lab.source, "link"));
  lab.commit(lab.source, {});
  await lab.session("one");
  expect(lab.git(lab.worktree("one"), "status", "--porcelain")).toBe("");
  const modes = lab.git(lab.worktree("one"), "ls-files", "-s", "link", "run.sh").split("\n");
  expect(modes.map((line) => line.slice(0, 6))).toEqual(["120000", "100755"]);
});

test("what an earlier attempt has left is taken away, also where it is deeper than any path is long", async () => {
  await using lab = openLab();
  const { directory } = lab.context.root.session("one");
  const left = join(directory, ".worktree-abc");
  mkdirSync(left, { recursive: true });
  const folders = Array.from({ length: 1000 }, () => "d").join("/");
  const down = 'for i in 1 2 3; do mkdir -p "$0" && cd -P "$0" || exit 1; done; : > bottom';
  execFileSync("sh", ["-c", down, folders], { cwd: left, env: { PATH: process.env["PATH"], PWD: left } });
  await lab.session("one");
  expect(readdirSync(directory)).toEqual(["worktree"]);
});
