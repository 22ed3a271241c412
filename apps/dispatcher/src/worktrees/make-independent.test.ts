import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeIndependent } from "./make-independent.ts";
import { edited, hashTree, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 60_000 };

test("a worktree in the middle of everything needs neither hub nor repository afterwards", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "shared.txt": edited({ 3: "ours" }) }, "ours");
  lab.write(place, { "stashed.txt": "s\n" });
  lab.git(place, "stash", "-q", "-u");
  lab.git(place, "tag", "-a", "-m", "t", "v1");
  // A commit that the session has from the hub alone, and a merge with it that is not finished.
  const theirs = lab.commit(lab.source, { "shared.txt": edited({ 3: "theirs" }), "theirs.txt": "t\n" }, "theirs");
  await lab.session("two");
  expect(() => lab.git(place, "merge", theirs)).toThrow("Command failed");
  lab.write(place, { "staged.txt": "staged\n" });
  lab.git(place, "add", "staged.txt");
  const before = lab.git(place, "status", "--porcelain");

  await makeIndependent(lab.context, { id: "one" });
  await makeIndependent(lab.context, { id: "one" });
  renameSync(hub, `${hub}.away`);
  renameSync(lab.source, `${lab.source}.away`);
  expect(existsSync(join(place, ".git/objects/info/alternates"))).toBe(false);
  expect(lab.git(place, "fsck", "--full", "--no-dangling")).toBe("");
  expect(lab.git(place, "status", "--porcelain")).toBe(before);
  expect(lab.git(place, "show", "MERGE_HEAD:theirs.txt")).toBe("t");
  lab.write(place, { "shared.txt": edited({ 3: "both" }) });
  lab.git(place, "add", "shared.txt");
  lab.git(place, "commit", "-q", "-m", "merged");
  lab.git(place, "clone", "-q", place, join(lab.path, "elsewhere"));
  lab.git(place, "gc", "-q", "--prune=now");
  expect(lab.git(place, "fsck", "--full", "--no-dangling")).toBe("");
});

test("nothing is written through a link that stands in its way", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const outside = join(lab.path, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "alternates"), "mine\n");
  const before = hashTree(outside);
  const objects = join(lab.worktree("one"), ".git/objects");
  for (const name of ["info", "pack"]) {
    const away = join(lab.path, `away-${name}`);
    renameSync(join(objects, name), away);
    symlinkSync(outside, join(objects, name));
    await expect(makeIndependent(lab.context, { id: "one" })).rejects.toMatchObject({ code: "session-damaged" });
    expect(hashTree(outside)).toBe(before);
    rmSync(join(objects, name));
    renameSync(away, join(objects, name));
  }
  await makeIndependent(lab.context, { id: "one" });
});

test("what lacks an object stays tied to the hub", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const commit = lab.commit(place, { "two.ts": "2\n" });
  const blob = lab.git(place, "rev-parse", `${commit}:two.ts`);
  rmSync(join(place, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  await expect(makeIndependent(lab.context, { id: "one" })).rejects.toMatchObject({ code: "git-failed" });
  expect(existsSync(join(place, ".git/objects/info/alternates"))).toBe(true);
  expect(readdirSync(lab.context.root.runOf("one").directory).filter((name) => name.startsWith("mirror"))).toEqual([]);
});
