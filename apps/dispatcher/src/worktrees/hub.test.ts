import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureHub } from "./hub.ts";
import { hubPath } from "./paths.ts";
import { inspectSource } from "./source.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";

async function makeHub(lab: Lab, path = lab.source): Promise<string> {
  const source = await inspectSource(lab.context, { path });
  return ensureHub(lab.context, source, [source.base.oid]);
}

const packsOf = (gitDirectory: string) =>
  readdirSync(join(gitDirectory, "objects/pack")).filter((name) => name.endsWith(".pack"));

test("a hub is bare, packed, whole, quiet, and leaves the person's repository as it was", async () => {
  await using lab = openLab();
  lab.git(lab.source, "tag", "-a", "-m", "one", "v1");
  const before = hashTree(lab.source);
  const hub = await makeHub(lab);
  expect(hub).toMatch(/\/hub\/project-[0-9a-f]{12}\.git$/);
  expect(lab.git(hub, "rev-parse", "--is-bare-repository")).toBe("true");
  expect(lab.git(hub, "rev-parse", "refs/heads/main", "v1^{commit}").split("\n")).toEqual(
    Array(2).fill(lab.git(lab.source, "rev-parse", "main")),
  );
  expect(lab.git(hub, "count-objects")).toMatch(/^0 objects/);
  expect(lab.git(hub, "fsck", "--full")).toBe("");
  expect(lab.git(hub, "config", "--get", "gc.auto")).toBe("0");
  expect(lab.git(hub, "config", "--get", "core.hooksPath")).toBe("/dev/null");
  expect(lab.git(hub, "config", "--get", "transfer.fsckObjects")).toBe("true");
  expect(lab.git(hub, "remote")).toBe("");
  expect(existsSync(join(hub, "hooks"))).toBe(false);
  expect(statSync(hub).mode & 0o777).toBe(0o700);
  expect(hashTree(lab.source)).toBe(before);
});

test("packs are shared with the person's repository and not copied, where both are on one disk", async () => {
  await using lab = openLab();
  lab.git(lab.source, "gc", "-q");
  const hub = await makeHub(lab);
  const [pack = ""] = packsOf(hub);
  expect(packsOf(join(lab.source, ".git"))).toEqual([pack]);
  expect(statSync(join(hub, "objects/pack", pack)).ino).toBe(statSync(join(lab.source, ".git/objects/pack", pack)).ino);
});

test("it keeps what the person throws away, moves or deletes", async () => {
  await using lab = openLab();
  const lost = lab.commit(lab.source, { "two.ts": "2\n" });
  const hub = await makeHub(lab);
  lab.git(lab.source, "reset", "-q", "--hard", "HEAD^");
  lab.git(lab.source, "reflog", "expire", "--expire=now", "--all");
  lab.git(lab.source, "gc", "-q", "--prune=now");
  expect(() => lab.git(lab.source, "cat-file", "-t", lost)).toThrow(/could not get object info/);
  expect(lab.git(hub, "show", `${lost}:two.ts`)).toBe("2");
  renameSync(lab.source, `${lab.source}-moved`);
  expect(lab.git(hub, "fsck", "--full")).toBe("");
});

test("a commit that is new comes along, with the branches as they are by then", async () => {
  await using lab = openLab();
  lab.git(lab.source, "branch", "topic");
  const hub = await makeHub(lab);
  lab.git(lab.source, "branch", "-m", "topic", "topic/deeper");
  const next = lab.commit(lab.source, { "two.ts": "2\n" });
  expect(await makeHub(lab)).toBe(hub);
  expect(lab.git(hub, "rev-parse", "main")).toBe(next);
  expect(lab.git(hub, "for-each-ref", "--format=%(refname)", "refs/heads/").split("\n")).toEqual([
    "refs/heads/main",
    "refs/heads/topic/deeper",
  ]);
  expect(existsSync(join(hub, "FETCH_HEAD"))).toBe(false);
});

test("nothing is written when the commit is there already", async () => {
  await using lab = openLab();
  const hub = await makeHub(lab);
  const before = hashTree(hub);
  await makeHub(lab);
  expect(hashTree(hub)).toBe(before);
});

test("asked for by many at once it is made once", async () => {
  await using lab = openLab();
  const hubs = await Promise.all(Array.from({ length: 8 }, () => makeHub(lab)));
  expect(new Set(hubs).size).toBe(1);
  expect(readdirSync(lab.context.root.hub)).toHaveLength(1);
});

test("a repository that borrows its objects from another lends a hub that does not", async () => {
  await using lab = openLab();
  const borrower = join(lab.path, "borrower");
  lab.git(lab.path, "clone", "-q", "--shared", lab.source, borrower);
  const hub = await makeHub(lab, borrower);
  expect(existsSync(join(hub, "objects/info/alternates"))).toBe(false);
  expect(lab.git(hub, "fsck", "--full")).toBe("");
});

test("two repositories of the same name have two hubs, and linked checkouts of one share theirs", async () => {
  await using lab = openLab();
  mkdirSync(join(lab.path, "other"));
  lab.git(lab.path, "clone", "-q", lab.source, join(lab.path, "other/project"));
  lab.git(lab.source, "worktree", "add", "-q", join(lab.path, "linked"), "-b", "linked");
  const hub = await makeHub(lab);
  expect(await makeHub(lab, join(lab.path, "linked"))).toBe(hub);
  expect(await makeHub(lab, join(lab.path, "other/project"))).not.toBe(hub);
  const root = lab.context.root;
  expect(hubPath(root, { root: "/a/x", name: "x" })).not.toBe(hubPath(root, { root: "/b/x", name: "x" }));
});

test("a hub that cannot be finished leaves nothing", async () => {
  await using lab = openLab();
  const source = await inspectSource(lab.context, { path: lab.source });
  const broken = { ...source, gitDirectory: join(lab.path, "nowhere") };
  await expect(ensureHub(lab.context, broken, [source.base.oid])).rejects.toMatchObject({ code: "git-failed" });
  expect(readdirSync(lab.context.root.hub)).toEqual([]);
});

test("a repository of another object format has a hub of the same", async () => {
  await using lab = openLab();
  const modern = join(lab.path, "modern");
  lab.git(lab.path, "init", "-q", "--object-format=sha256", modern);
  const oid = lab.commit(modern, { "a.txt": "a\n" });
  const hub = await makeHub(lab, modern);
  expect(oid).toHaveLength(64);
  expect(lab.git(hub, "rev-parse", "main")).toBe(oid);
  expect(readFileSync(join(hub, "config"), "utf8")).toContain("objectFormat = sha256");
});

test("a commit that the hub has without its files is fetched whole", async () => {
  await using lab = openLab();
  const hub = await makeHub(lab);
  const oid = lab.commit(lab.source, { "two.ts": "2\n" });
  // As when the hub was made between the writing of the files and that of the commit.
  const raw = execFileSync("git", ["cat-file", "commit", oid], { cwd: lab.source });
  execFileSync("git", ["hash-object", "-t", "commit", "-w", "--stdin"], { cwd: hub, input: raw });
  await makeHub(lab);
  expect(lab.git(hub, "show", `${oid}:two.ts`)).toBe("2");
});

test("a repository that took the place of one with another object format has a hub of its own", async () => {
  await using lab = openLab();
  const old = await makeHub(lab);
  rmSync(lab.source, { recursive: true });
  lab.git(lab.path, "init", "-q", "--object-format=sha256", lab.source);
  const oid = lab.commit(lab.source, { "a.txt": "a\n" });
  const hub = await makeHub(lab);
  expect(hub).not.toBe(old);
  expect(lab.git(hub, "rev-parse", "main")).toBe(oid);
});
