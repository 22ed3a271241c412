import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDirectorySafe } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { salvage } from "./salvage.ts";
import { parsePackedRefs, parseReflog, readSessionRefs } from "./session-refs.ts";
import { importBranch } from "./testing/import-branch.ts";
import { openLab } from "./testing/lab.ts";

const A = "a".repeat(40);
const B = "b".repeat(64);

async function readRefs(path: string) {
  const git = await openDirectorySafe(path);
  try {
    return readSessionRefs(git);
  } finally {
    git.close();
  }
}

test("the refs are those that git itself shows: packed, loose, stashed and HEAD", async () => {
  await using lab = openLab();
  await lab.session("one", { branch: "feature/login" });
  const place = lab.worktree("one");
  lab.git(place, "branch", "side");
  lab.git(place, "pack-refs", "--all");
  lab.commit(place, { "two.ts": "2\n" });
  for (const text of ["first\n", "second\n"]) {
    lab.write(place, { "shared.txt": text });
    lab.git(place, "stash", "-q");
  }
  const { refs, head, headRef, stashes } = await readRefs(join(place, ".git"));
  const shown = lab.git(place, "for-each-ref", "--format=%(refname) %(objectname)").split("\n");
  expect([...refs].map(([name, oid]) => `${name} ${oid}`).toSorted()).toEqual(shown.toSorted());
  expect([headRef, head]).toEqual(["refs/heads/feature/login", lab.git(place, "rev-parse", "HEAD")]);
  expect(stashes.toReversed()).toEqual(lab.git(place, "rev-parse", "stash@{0}", "stash@{1}").split("\n"));
});

test("a detached HEAD has a commit and no name; an unborn branch has a name and no commit", async () => {
  await using lab = openLab();
  const oid = lab.git(lab.source, "rev-parse", "HEAD");
  lab.git(lab.source, "checkout", "-q", "--detach");
  expect(await readRefs(join(lab.source, ".git"))).toMatchObject({ headRef: null, head: oid });
  lab.git(lab.source, "checkout", "-q", "--orphan", "new");
  expect(await readRefs(join(lab.source, ".git"))).toMatchObject({ headRef: "refs/heads/new", head: null });
});

test("links, pipes, junk and locks are no refs, and what they lead to is not read", async () => {
  await using directory = temporaryDirectory();
  const git = join(directory.path, "git");
  mkdirSync(join(git, "refs/heads/real"), { recursive: true });
  writeFileSync(join(directory.path, "outside"), `${A}\n`);
  mkdirSync(join(directory.path, "elsewhere"));
  writeFileSync(join(directory.path, "elsewhere/leak"), `${A}\n`);
  const heads = join(git, "refs/heads");
  symlinkSync(join(directory.path, "outside"), join(heads, "link"));
  symlinkSync(join(directory.path, "elsewhere"), join(heads, "folder"));
  writeFileSync(join(heads, "junk"), "not an oid\n");
  writeFileSync(join(heads, "long"), A.repeat(100));
  writeFileSync(join(heads, "main.lock"), `${A}\n`);
  writeFileSync(join(heads, "symbolic"), "ref: refs/heads/real/one\n");
  writeFileSync(join(heads, "real/one"), `${B}\n`);
  linkSync(join(heads, "real/one"), join(heads, "real/two"));
  symlinkSync(join(directory.path, "outside"), join(git, "packed-refs"));
  symlinkSync(join(directory.path, "outside"), join(git, "HEAD"));
  const { refs, head, headRef } = await readRefs(git);
  expect(Object.fromEntries(refs)).toEqual({ "refs/heads/real/one": B, "refs/heads/real/two": B });
  expect([head, headRef]).toEqual([null, null]);
});

test("refs as a link, or not there at all, are no refs", async () => {
  await using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "HEAD"), "ref: refs/heads/main\n");
  expect((await readRefs(directory.path)).refs.size).toBe(0);
  mkdirSync(join(directory.path, "elsewhere/heads"), { recursive: true });
  writeFileSync(join(directory.path, "elsewhere/heads/main"), A);
  symlinkSync("elsewhere", join(directory.path, "refs"));
  await expect(readRefs(directory.path)).rejects.toMatchObject({ code: "session-damaged" });
  rmSync(join(directory.path, "refs"));
});

test("comments, peeled lines and junk in packed-refs are passed over", () => {
  const text = `# pack-refs with: peeled\n${A} refs/heads/main\n${B} refs/tags/v1\n^${A}\njunk\n${A}\n\n`;
  expect([...parsePackedRefs(text)]).toEqual([
    ["refs/heads/main", A],
    ["refs/tags/v1", B],
  ]);
});

test("of a reflog the new commit of each line is taken", () => {
  expect(parseReflog(`${"0".repeat(40)} ${A} Ada <a@b> 1 +0000\tWIP\n${A} ${B} x\nbroken\n`)).toEqual([A, B]);
});

test("where branches are kept as a reftable that is said, and nothing is salvaged as if there were none", async () => {
  await using lab = openLab();
  await lab.session("one");
  const git = join(lab.worktree("one"), ".git");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  // What `git refs migrate --ref-format=reftable` leaves.
  for (const name of ["refs", "packed-refs"]) rmSync(join(git, name), { recursive: true });
  lab.write(git, { "refs/heads": "this repository uses the reftable format\n", HEAD: "ref: refs/heads/.invalid\n" });
  mkdirSync(join(git, "reftable"));
  expect((await readRefs(git)).isUnread).toBe(true);
  await expect(importBranch(lab.context, { id: "one" })).rejects.toThrow("as a reftable, which is not read");
  await expect(salvage(lab.context, { id: "one" })).rejects.toMatchObject({ code: "salvage-failed" });
});
