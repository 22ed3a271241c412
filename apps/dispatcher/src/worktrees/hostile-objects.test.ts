import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { mergeSession } from "./testing/merge-session.ts";
import { salvage } from "./salvage.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";
import { importBranch } from "./testing/import-branch.ts";
import { useEverything } from "./testing/verbs.ts";

const SLOW = { timeout: 120_000 };

/** Writes an object as it is, well-formed or not. */
function writeObject(cwd: string, kind: string, input: Buffer): string {
  const args = ["hash-object", "-t", kind, "--literally", "-w", "--stdin"];
  return execFileSync("git", args, { cwd, input, encoding: "utf8" }).trim();
}

const entry = (mode: string, name: string, oid: string) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]);

/** Puts a tree of these entries at the tip of the session's branch. */
function commitTree(lab: Lab, entries: (blob: string) => Buffer[]): string {
  const place = lab.worktree("one");
  const blob = lab.git(place, "rev-parse", "main:shared.txt");
  const tree = writeObject(place, "tree", Buffer.concat(entries(blob)));
  const commit = lab.git(place, "commit-tree", tree, "-p", "main", "-m", "evil");
  lab.git(place, "update-ref", "refs/heads/work/one", commit);
  return commit;
}

test(
  "whatever a session's git does, and whatever but a merge is done with it, the person's repository stays byte for byte",
  SLOW,
  async () => {
    await using lab = openLab();
    lab.git(lab.source, "branch", "other");
    lab.git(lab.source, "worktree", "add", "-q", join(lab.path, "linked"), "other");
    lab.write(lab.source, { "shared.txt": "stashed\n" });
    lab.git(lab.source, "stash", "-q");
    await lab.session("one");
    const before = hashTree(lab.source);
    const place = lab.worktree("one");
    for (const args of [
      ["config", "core.hooksPath", "/tmp"],
      ["stash", "clear"],
      ["worktree", "prune"],
      ["update-ref", "-d", "refs/heads/main"],
      ["gc", "-q", "--prune=now", "--aggressive"],
      ["reflog", "expire", "--expire=now", "--all"],
      ["prune", "--expire=now"],
      ["repack", "-a", "-d", "-q"],
    ])
      lab.git(place, ...args);
    lab.commit(place, { "two.ts": "2\n" });
    lab.write(place, { "loose.ts": "3\n" });
    await importBranch(lab.context, { id: "one" });
    await diffSession(lab.context, { id: "one", against: "target" });
    await salvage(lab.context, { id: "one" });
    expect(hashTree(lab.source)).toBe(before);
  },
);

test.each([
  ["a name for .git that a Mac reads as that", "100644", ".g\u200cit"],
  ["a mode with a zero in front", "0100644", "x"],
  ["a .gitmodules that is a link", "120000", ".gitmodules"],
  ["a name with a slash", "100644", "a/b"],
])("a tree with %s is refused, and nothing moves", async (_, mode, name) => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const before = hashTree(lab.source);
  const commit = commitTree(lab, (blob) => [entry(mode, name, blob)]);
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
  expect(lab.git(hub, "for-each-ref", "refs/harness/import/")).toBe("");
  expect(spawnSync("git", ["cat-file", "-e", commit], { cwd: lab.source }).status).not.toBe(0);
  expect(hashTree(lab.source)).toBe(before);
});

test.each([
  ["the same name twice", (blob: string) => [entry("100644", "x", blob), entry("100644", "x", blob)]],
  ["names out of order", (blob: string) => [entry("100644", "b", blob), entry("100644", "a", blob)]],
])("a tree with %s is refused", async (_, entries) => {
  await using lab = openLab();
  await lab.session("one");
  commitTree(lab, entries);
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
});

test.each([
  ["an address that is an option", '[submodule "x"]\n\tpath = x\n\turl = -u./evil\n'],
  ["a path that is an option", '[submodule "x"]\n\tpath = -x\n\turl = https://example.org/x\n'],
  ["a name that leads out", '[submodule "../../hooks"]\n\tpath = x\n\turl = https://example.org/x\n'],
])("a .gitmodules with %s is refused", async (_, text) => {
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { ".gitmodules": text });
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
});

test(
  "submodules that would run something, and a store for large files, are only files: nothing is cloned or run",
  SLOW,
  async () => {
    await using lab = openLab();
    lab.git(lab.source, "config", "submodule.recurse", "true");
    lab.git(lab.source, "config", "protocol.ext.allow", "always");
    await lab.session("one");
    const place = lab.worktree("one");
    const canary = join(lab.path, "canary");
    lab.write(place, {
      ".gitmodules": `[submodule "x"]\n\tpath = "sub\\r"\n\turl = ext::touch ${canary}\n\tupdate = checkout\n`,
      ".lfsconfig": `[lfs]\n\turl = ext::touch ${canary}\n`,
    });
    lab.git(place, "update-index", "--add", "--cacheinfo", `160000,${lab.git(place, "rev-parse", "HEAD")},sub\r`);
    lab.git(place, "add", ".gitmodules", ".lfsconfig");
    lab.git(place, "commit", "-q", "-m", "submodule");
    await useEverything(lab.context);
    expect(existsSync(canary)).toBe(false);
    expect(existsSync(join(lab.source, ".git/modules"))).toBe(false);
    expect(lab.git(lab.source, "show", "main:.lfsconfig")).toContain("ext::");
  },
);

test("a HEAD that is a link is not followed", async () => {
  await using lab = openLab();
  const foreign = join(lab.path, "foreign");
  lab.git(lab.path, "init", "-q", foreign);
  const secret = lab.commit(foreign, { "secret.txt": "hush\n" });
  lab.git(foreign, "checkout", "-q", "--detach");
  const { hub } = await lab.session("one");
  const git = join(lab.worktree("one"), ".git");
  renameSync(join(git, "HEAD"), join(lab.path, "away"));
  symlinkSync(join(foreign, ".git/HEAD"), join(git, "HEAD"));
  await useEverything(lab.context);
  expect(spawnSync("git", ["cat-file", "-e", secret], { cwd: hub }).status).not.toBe(0);
});

test("a promise that objects are elsewhere fetches nothing and hides no hole", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const other = join(lab.path, "other");
  lab.git(lab.path, "init", "-q", other);
  lab.commit(other, { "hole.ts": "not here\n" });
  const blob = lab.git(other, "rev-parse", "HEAD:hole.ts");
  const commit = commitTree(lab, () => [entry("100644", "hole.ts", blob)]);
  const input = `${commit}\n${lab.git(place, "rev-parse", `${commit}^{tree}`)}\n`;
  const pack = join(place, ".git/objects/pack/pack");
  const name = execFileSync("git", ["pack-objects", "-q", pack], { cwd: place, input, encoding: "utf8" }).trim();
  lab.git(place, "prune-packed");
  writeFileSync(`${pack}-${name}.promisor`, "");
  lab.git(place, "config", "extensions.partialClone", "origin");
  lab.git(place, "config", "remote.origin.promisor", "true");
  lab.git(place, "config", "remote.origin.url", other);
  const before = hashTree(other);
  await expect(importBranch(lab.context, { id: "one" })).rejects.toMatchObject({ code: "import-refused" });
  expect(hashTree(other)).toBe(before);
  // git itself walks into it.
  expect(lab.git(place, "show", `${commit}:hole.ts`)).toBe("not here");
});

test("notes, tags and replaced objects stay behind; a hundred thousand odd refs hold nothing up", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const oid = lab.commit(place, { "two.ts": "2\n" });
  lab.git(place, "notes", "add", "-m", "note", oid);
  lab.git(place, "tag", "-a", "-m", "tag", "v9");
  lab.git(place, "replace", oid, lab.git(place, "commit-tree", "HEAD^{tree}", "-m", "replacement"));
  const odd = [
    "heads/@{",
    "heads/a\u001b[2Jb",
    "heads/x..y",
    "heads/ space",
    "heads/--exec=touch PWNED",
    "heads/\u202e",
  ];
  const names = [...odd, ...Array.from({ length: 100_000 }, (_, n) => `heads/many/${n}`)];
  appendFileSync(join(place, ".git/packed-refs"), names.map((name) => `${oid} refs/${name}\n`).join(""));
  const start = performance.now();
  expect((await importBranch(lab.context, { id: "one" })).oid).toBe(oid);
  expect((await diffSession(lab.context, { id: "one" })).files).toHaveLength(1);
  expect((await salvage(lab.context, { id: "one" })).commit).not.toBeNull();
  expect(performance.now() - start).toBeLessThan(60_000);
  expect(lab.git(hub, "for-each-ref", "--format=%(refname)").split("\n")).toEqual([
    "refs/harness/base/one",
    "refs/harness/branch/work/one",
    "refs/harness/import/one",
    "refs/harness/salvage/one",
    "refs/heads/main",
  ]);
});

test("a file that is far larger than its object takes no space in the hub, and its diff no lines", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  const bytes = () =>
    readdirSync(join(hub, "objects/pack")).reduce(
      (sum, name) => sum + statSync(join(hub, "objects/pack", name)).size,
      0,
    );
  writeFileSync(join(place, "bomb.bin"), "");
  truncateSync(join(place, "bomb.bin"), 64 * 1024 * 1024);
  lab.commit(place, {});
  const { files, patch } = await diffSession(lab.context, { id: "one" });
  expect(files).toMatchObject([{ path: "bomb.bin", added: null, hunks: [] }]);
  expect(patch.length).toBeLessThan(1000);
  await importBranch(lab.context, { id: "one" });
  expect(bytes()).toBeLessThan(1024 * 1024);
});
