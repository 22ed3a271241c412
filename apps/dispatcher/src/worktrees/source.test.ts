import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseStart, inspectSource } from "./source.ts";
import { hashTree, openLab } from "./testing/lab.ts";

test("a repository is known by the real path of its main checkout, wherever in it one stands", async () => {
  await using lab = openLab();
  symlinkSync(lab.source, join(lab.path, "link"));
  lab.git(lab.source, "worktree", "add", "-q", join(lab.path, "linked"), "-b", "linked");
  for (const path of [
    lab.source,
    join(lab.source, "src"),
    join(lab.source, ".git"),
    join(lab.path, "link"),
    join(lab.path, "linked"),
  ]) {
    expect((await inspectSource(lab.context, { path })).root).toBe(lab.source);
  }
});

test("it tells the base, the branches, whose name stands on commits, and that nothing is left out", async () => {
  await using lab = openLab();
  lab.git(lab.source, "branch", "other");
  const oid = lab.git(lab.source, "rev-parse", "HEAD");
  const source = await inspectSource(lab.context, { path: lab.source });
  expect(source).toMatchObject({
    name: "project",
    checkout: lab.source,
    objectFormat: "sha1",
    base: { oid, ref: "refs/heads/main", name: "main" },
    dirty: { modified: 0, untracked: 0 },
    identity: { name: "Ada Person", email: "ada@example.org" },
    notes: [],
  });
  expect([...source.branches]).toEqual([
    ["main", oid],
    ["other", oid],
  ]);
});

test.each(["other", "v1", "refs/heads/other", "main~1", "HEAD^"])("the base may be written as %s", async (base) => {
  await using lab = openLab();
  const first = lab.git(lab.source, "rev-parse", "HEAD");
  lab.git(lab.source, "branch", "other");
  lab.git(lab.source, "tag", "-a", "-m", "one", "v1");
  lab.commit(lab.source, { "two.ts": "2\n" });
  expect((await inspectSource(lab.context, { path: lab.source, base })).base.oid).toBe(first);
});

test("what is not committed is counted, named in one line, and left as it is", async () => {
  await using lab = openLab();
  lab.write(lab.source, { "shared.txt": "changed\n", "new.txt": "new\n", "src/one.ts": "staged\n" });
  lab.git(lab.source, "add", "src/one.ts");
  const before = hashTree(lab.source);
  const { dirty, notes, base } = await inspectSource(lab.context, { path: lab.source });
  expect(dirty).toEqual({ modified: 2, untracked: 1 });
  expect(notes).toEqual([
    `2 changed and 1 new files in ${lab.source} are not committed and left out: the session starts from main (${base.oid.slice(0, 10)}).`,
  ]);
  expect(hashTree(lab.source)).toBe(before);
});

test("a bare repository will do", async () => {
  await using lab = openLab();
  const bare = join(lab.path, "bare.git");
  lab.git(lab.path, "clone", "-q", "--bare", lab.source, bare);
  expect(await inspectSource(lab.context, { path: bare })).toMatchObject({
    root: bare,
    checkout: null,
    name: "bare",
    notes: [],
  });
});

test("a detached checkout has a commit and no branch as its base", async () => {
  await using lab = openLab();
  lab.git(lab.source, "checkout", "-q", "--detach");
  expect((await inspectSource(lab.context, { path: lab.source })).base).toMatchObject({ ref: null, name: "HEAD" });
});

test("nothing there, a file, and a folder that is in no repository are told apart", async () => {
  await using lab = openLab();
  const file = join(lab.path, "file");
  const plain = join(lab.path, "plain");
  writeFileSync(file, "");
  mkdirSync(plain);
  for (const [path, why] of [
    [join(lab.path, "nowhere"), "nothing"],
    [file, "file"],
    [plain, "not in one"],
  ] as const) {
    await expect(inspectSource(lab.context, { path })).rejects.toMatchObject({
      code: "repository-not-found",
      message: expect.stringContaining(why),
    });
  }
});

test("a session's own worktree is never taken for a repository of the person", async () => {
  await using lab = openLab();
  await lab.session("one");
  symlinkSync(lab.worktree("one"), join(lab.path, "sly"));
  for (const path of [lab.worktree("one"), join(lab.path, "sly")]) {
    await expect(inspectSource(lab.context, { path })).rejects.toMatchObject({
      code: "repository-not-found",
      message: expect.stringContaining("state root"),
    });
  }
});

test("a repository without a commit, and a partial clone, say what to do", async () => {
  await using lab = openLab();
  const empty = join(lab.path, "empty");
  const partial = join(lab.path, "partial");
  lab.git(lab.path, "init", "-q", empty);
  lab.git(lab.source, "config", "uploadpack.allowFilter", "true");
  lab.git(lab.path, "clone", "-q", "--filter=blob:none", `file://${lab.source}`, partial);
  await expect(inspectSource(lab.context, { path: empty })).rejects.toMatchObject({
    code: "ref-not-found",
    hint: expect.stringContaining("first commit"),
  });
  await expect(inspectSource(lab.context, { path: partial })).rejects.toMatchObject({
    code: "repository-unsupported",
    hint: expect.stringContaining("without --filter"),
  });
});

test.each(["nope", "--output=x", "-x", "main\u0000", "", "main^{tree}"])("base %j is unknown", async (base) => {
  await using lab = openLab();
  await expect(inspectSource(lab.context, { path: lab.source, base })).rejects.toMatchObject({ code: "ref-not-found" });
});

test("a branch that exists is refused, unless the session goes on with it", async () => {
  await using lab = openLab();
  const first = lab.git(lab.source, "rev-parse", "HEAD");
  lab.git(lab.source, "branch", "feature");
  lab.commit(lab.source, { "two.ts": "2\n" });
  const input = { path: lab.source, branch: "feature" };
  await expect(inspectSource(lab.context, input)).rejects.toMatchObject({ code: "branch-exists" });
  const source = await inspectSource(lab.context, { ...input, continue: true });
  expect(chooseStart(source, { branch: "feature", continue: true }).oid).toBe(first);
  for (const branch of ["featrue", undefined])
    expect(() => chooseStart(source, { branch, continue: true })).toThrow(/ to go on with\.$/);
  await expect(inspectSource(lab.context, { path: lab.source, branch: "--output=x" })).rejects.toMatchObject({
    code: "branch-invalid",
  });
});

test("variables that point git elsewhere are not followed", async () => {
  await using lab = openLab();
  const environment = {
    ...lab.context.environment,
    GIT_DIR: join(lab.path, "nowhere"),
    GIT_INDEX_FILE: "/nowhere",
    GIT_CONFIG_COUNT: "broken",
  };
  expect(await inspectSource({ ...lab.context, environment }, { path: lab.source })).toMatchObject({
    root: lab.source,
  });
});

test("what names no single commit is no base", async () => {
  await using lab = openLab();
  for (const base of ["^main", "main..main", ":/nothing like it"])
    await expect(inspectSource(lab.context, { path: lab.source, base })).rejects.toMatchObject({
      code: "ref-not-found",
    });
});

test("a repository whose path has a line break is refused in words", async () => {
  await using lab = openLab();
  const path = join(lab.path, "two\nlines");
  lab.git(lab.path, "clone", "-q", lab.source, path);
  await expect(inspectSource(lab.context, { path })).rejects.toMatchObject({ code: "repository-not-found" });
});
