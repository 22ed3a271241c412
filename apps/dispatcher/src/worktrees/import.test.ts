import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDirectorySafe } from "@harness/core";
import { execa } from "execa";
import { expect, test } from "vitest";
import { importBranch } from "./testing/import-branch.ts";
import { worktreePaths } from "./paths.ts";
import { salvage } from "./salvage.ts";
import { copyObjects } from "./session-objects.ts";
import { type Lab, openLab } from "./testing/lab.ts";

const importOne = (lab: Lab) => importBranch(lab.context, { id: "one" });

test("the tip of the session's branch arrives in the hub under one ref, and what is not committed is counted", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  lab.git(place, "tag", "mine");
  lab.write(place, { "shared.txt": "changed\n", "new/a.txt": "a\n", "new/b.txt": "b\n" });
  rmSync(join(place, "two.ts"));
  expect(await importOne(lab)).toEqual({
    branch: "work/one",
    oid,
    ref: "refs/harness/import/one",
    uncommitted: { modified: 2, untracked: 2 },
  });
  expect(lab.git(hub, "show", "refs/harness/import/one:two.ts")).toBe("2");
  expect(lab.git(hub, "for-each-ref", "--format=%(refname)").split("\n")).toEqual([
    "refs/harness/base/one",
    "refs/harness/branch/work/one",
    "refs/harness/import/one",
    "refs/heads/main",
  ]);
});

test("a branch that was rebased, packed and collected arrives as it is by then", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  await importOne(lab);
  lab.git(place, "commit", "-q", "--amend", "-m", "better");
  lab.git(place, "gc", "-q", "--prune=now");
  expect(lab.git(place, "count-objects")).toMatch(/^0 objects/);
  expect((await importOne(lab)).oid).toBe(lab.git(place, "rev-parse", "HEAD"));
  expect(lab.git(hub, "log", "-1", "--format=%s", "refs/harness/import/one")).toBe("better");
});

test("nothing of ours stays beside the session's record", async () => {
  await using lab = openLab();
  await lab.session("one");
  await importOne(lab);
  expect(readdirSync(worktreePaths(lab.context.root, "one").directory).toSorted()).toEqual([
    expect.stringMatching(/^worktree(\.fresh)?\.index$/),
    "worktree.json",
  ]);
});

test("a branch that was renamed or deleted is missing, and the message says where the session stands", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const head = lab.commit(place, { "two.ts": "2\n" });
  lab.git(place, "branch", "-q", "-m", "renamed");
  await expect(importOne(lab)).rejects.toMatchObject({
    code: "missing-branch",
    message: expect.stringContaining("on renamed"),
    details: { headRef: "refs/heads/renamed", head },
  });
  lab.git(place, "checkout", "-q", "--detach");
  await expect(importOne(lab)).rejects.toMatchObject({
    code: "missing-branch",
    message: expect.stringContaining("on no branch"),
  });
  expect(lab.git(place, "show", "renamed:two.ts")).toBe("2");
});

test("a detached HEAD is no hindrance while the branch is there", async () => {
  await using lab = openLab();
  await lab.session("one");
  const oid = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.git(lab.worktree("one"), "checkout", "-q", "--detach", "HEAD^");
  expect((await importOne(lab)).oid).toBe(oid);
});

test("an object that git would misread is refused, and no ref moves", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const blob = lab.git(place, "rev-parse", "HEAD:shared.txt");
  for (const name of [".git", "..", "git~1", ".GIT", "."]) {
    const tree = writeTree(place, name, blob);
    const commit = lab.git(place, "commit-tree", tree, "-p", "work/one", "-m", "evil");
    lab.git(place, "update-ref", "refs/heads/work/one", commit);
    await expect(importOne(lab)).rejects.toMatchObject({ code: "import-refused" });
    lab.git(place, "update-ref", "refs/heads/work/one", "main");
  }
  expect(lab.git(hub, "for-each-ref", "refs/harness/import/")).toBe("");
});

function writeTree(cwd: string, name: string, blob: string): string {
  const input = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, "hex")]);
  return execFileSync("git", ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], {
    cwd,
    input,
    encoding: "utf8",
  }).trim();
}

test("a repository with an object missing is refused", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  const blob = lab.git(place, "rev-parse", "HEAD:two.ts");
  rmSync(join(place, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  await expect(importOne(lab)).rejects.toMatchObject({ code: "import-refused" });
});

test("more than the limits allow is refused before it is read", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  const git = await openDirectorySafe(join(place, ".git"));
  const from = { directory: git, path: join(place, ".git") };
  for (const limits of [
    { files: 2, bytes: 1e9 },
    { files: 1000, bytes: 100 },
  ]) {
    await expect(copyObjects(from, join(lab.path, "copy"), limits)).rejects.toMatchObject({ code: "import-refused" });
  }
  git.close();
});

test("a worktree that is gone, and one whose hub is gone, say which", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  renameSync(hub, `${hub}-away`);
  await expect(importOne(lab)).rejects.toMatchObject({
    code: "session-damaged",
    message: expect.stringContaining("hub"),
  });
  renameSync(`${hub}-away`, hub);
  renameSync(lab.worktree("one"), join(lab.path, "away"));
  await expect(importOne(lab)).rejects.toMatchObject({ code: "worktree-missing" });
});

test("a session that commits at full speed is imported whole at any moment", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  writeFileSync(
    join(lab.path, "busy.sh"),
    "i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo $i > n.txt; git add n.txt; git commit -q -m $i; [ $((i % 15)) = 0 ] && git repack -q -a -d; done; true\n",
  );
  const busy = execa("sh", [join(lab.path, "busy.sh")], {
    cwd: place,
    env: { ...lab.context.environment, PATH: process.env["PATH"] },
  });
  let ended = false;
  const end = busy.then(() => (ended = true));
  do {
    const { oid } = await importOne(lab);
    expect(lab.git(hub, "rev-list", "--objects", "--count", oid)).toMatch(/^\d+$/);
  } while (!ended);
  await end;
  expect((await importOne(lab)).oid).toBe(lab.git(place, "rev-parse", "HEAD"));
  expect(lab.git(hub, "fsck", "--full", "--no-dangling")).toBe("");
});

test("an object that a machine which stopped has left empty is written anew from the file", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.write(place, { "new.ts": "new\n" });
  lab.git(place, "add", "new.ts");
  const oid = lab.git(place, "hash-object", "new.ts");
  const object = join(place, ".git/objects", oid.slice(0, 2), oid.slice(2));
  rmSync(object);
  writeFileSync(object, "");
  writeFileSync(join(place, ".git/objects/pack", `pack-${"a".repeat(40)}.pack`), "");
  const { hub, commit } = await salvage(lab.context, { id: "one" });
  expect(lab.git(hub ?? "", "show", `${commit}:new.ts`)).toBe("new");
});
