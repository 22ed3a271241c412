import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { importBranch } from "./testing/import-branch.ts";
import { mergeSession } from "./testing/merge-session.ts";
import { salvage } from "./salvage.ts";
import { hashTree, openLab } from "./testing/lab.ts";
import { useEverything } from "./testing/verbs.ts";

test("objects of another repository, named in the session's alternates, are not served", async () => {
  await using lab = openLab();
  const foreign = join(lab.path, "foreign");
  lab.git(lab.path, "init", "-q", foreign);
  const secret = lab.commit(foreign, { "secret.txt": "hush\n" });
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  appendFileSync(join(place, ".git/objects/info/alternates"), `${foreign}/.git/objects\n`);
  lab.git(place, "update-ref", "refs/heads/work/one", secret);
  expect(lab.git(place, "show", `${secret}:secret.txt`)).toBe("hush");
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
  await useEverything(lab.context);
  expect(spawnSync("git", ["cat-file", "-e", secret], { cwd: hub }).status).not.toBe(0);
});

test.each(["objects", "objects/pack", "refs", "refs/heads"])(
  "%s as a link to another repository is not followed",
  async (part) => {
    await using lab = openLab();
    const foreign = join(lab.path, "foreign");
    lab.git(lab.path, "init", "-q", foreign);
    const secret = lab.commit(foreign, { "secret.txt": "hush\n" });
    lab.git(foreign, "branch", "work/one");
    lab.git(foreign, "gc", "-q");
    const { hub } = await lab.session("one");
    const git = join(lab.worktree("one"), ".git");
    renameSync(join(git, part), join(lab.path, "away"));
    symlinkSync(join(foreign, ".git", part), join(git, part));
    writeFileSync(join(git, "HEAD"), `${secret}\n`);
    await useEverything(lab.context);
    expect(spawnSync("git", ["cat-file", "-e", secret], { cwd: hub }).status).not.toBe(0);
    expect(lab.git(lab.source, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  },
);

test("a .git that is a file, a link or a linked worktree of the person's repository is named and left alone", async () => {
  await using lab = openLab();
  await lab.session("one");
  const git = join(lab.worktree("one"), ".git");
  renameSync(git, join(lab.path, "away"));
  const before = hashTree(lab.source);
  const traps: (() => void)[] = [
    () => writeFileSync(git, `gitdir: ${lab.source}/.git\n`),
    () => symlinkSync(join(lab.source, ".git"), git),
    () => execFileSync("mkfifo", [git]),
  ];
  for (const set of traps) {
    set();
    for (const verb of [importBranch, diffSession, mergeSession]) {
      await expect(verb(lab.context, { id: "one" })).rejects.toMatchObject({ code: "session-damaged" });
    }
    await expect(salvage(lab.context, { id: "one" })).rejects.toMatchObject({ code: "salvage-failed" });
    rmSync(git);
  }
  expect(hashTree(lab.source)).toBe(before);
});

test("a worktree that is a link to a folder of the person is not read", async () => {
  await using lab = openLab();
  await lab.session("one");
  renameSync(lab.worktree("one"), join(lab.path, "away"));
  symlinkSync(lab.source, lab.worktree("one"));
  await expect(diffSession(lab.context, { id: "one" })).rejects.toMatchObject({ code: "session-damaged" });
  await expect(salvage(lab.context, { id: "one" })).rejects.toMatchObject({ code: "salvage-failed" });
});

test("commondir, worktree configuration, included files, replaced objects, grafts and shallow marks lead nowhere", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  const other = lab.git(place, "commit-tree", "HEAD^{tree}", "-m", "replacement");
  lab.git(place, "replace", oid, other);
  const git = join(place, ".git");
  writeFileSync(join(git, "commondir"), `${lab.source}/.git\n`);
  writeFileSync(join(git, "shallow"), `${oid}\n`);
  writeFileSync(join(git, "info/grafts"), `${oid}\n`);
  appendFileSync(
    join(git, "config"),
    "[include]\n\tpath = /dev/zero\n[extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n",
  );
  expect((await importBranch(lab.context, { id: "one" })).oid).toBe(oid);
  expect(lab.git(hub, "log", "--format=%s", oid)).toBe("change\nfirst");
  expect(lab.git(hub, "for-each-ref", "refs/replace/")).toBe("");
});

test("refs that are named like options, and thousands of refs, do nothing and do not travel", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  const names = [
    "heads/--output=PWNED",
    "heads/-x",
    "heads/--upload-pack=touch PWNED",
    ...Array.from({ length: 3000 }, (_, n) => `heads/many/${n}`),
  ];
  appendFileSync(join(place, ".git/packed-refs"), names.map((name) => `${oid} refs/${name}\n`).join(""));
  await useEverything(lab.context);
  expect(lab.git(hub, "rev-parse", "refs/harness/import/one")).toBe(oid);
  expect(lab.git(lab.source, "show", "main:two.ts")).toBe("2");
  expect(lab.git(hub, "for-each-ref", "--format=%(refname)")).not.toMatch(/PWNED|many|-x/);
  expect(readdirSync(lab.path)).not.toContain("PWNED");
  expect(readdirSync(place)).not.toContain("PWNED");
});

test("pipes in the place of files hold nothing up", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  rmSync(join(place, "shared.txt"));
  for (const path of [
    "shared.txt",
    "pipe",
    ".git/packed-refs",
    ".git/refs/heads/pipe",
    ".git/refs/stash",
    ".git/objects/aa",
  ]) {
    rmSync(join(place, path), { force: true, recursive: true });
    execFileSync("mkfifo", [join(place, path)]);
  }
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "session-damaged" });
  rmSync(join(place, ".git/objects/aa"));
  expect((await importBranch(lab.context, { id: "one" })).oid).toBe(oid);
  const { files } = await diffSession(lab.context, { id: "one" });
  expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual(["shared.txt deleted", "two.ts added"]);
});

test("the session's own index, locks and half-written objects are not looked at", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  for (const [path, text] of [
    ["index", "DIRC junk"],
    ["index.lock", ""],
    ["HEAD.lock", ""],
    ["refs/heads/work/one.lock", ""],
    ["objects/aa/tmp_obj_x", "junk"],
  ] as const) {
    lab.write(place, { [`.git/${path}`]: text });
  }
  expect((await importBranch(lab.context, { id: "one" })).oid).toBe(oid);
  expect((await diffSession(lab.context, { id: "one" })).files).toHaveLength(1);
});
