import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktree } from "./clone.ts";
import { diffSession } from "./diff.ts";
import { mergeSession } from "./testing/merge-session.ts";
import { salvage } from "./salvage.ts";
import { inspectSource } from "./source.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";

/** A session of any repository, which commits one file and leaves another; then all that is done with sessions. */
async function work(lab: Lab, path: string, id = "one"): Promise<string> {
  const source = await inspectSource(lab.context, { path });
  const record = await createWorktree(lab.context, { id, source, branch: `work/${id}` });
  const place = lab.worktree(id);
  expect(lab.git(place, "status", "--porcelain")).toBe("");
  const tip = lab.commit(place, { [`${id}.ts`]: "1\n" });
  lab.write(place, { "loose.ts": "2\n" });
  const { files } = await diffSession(lab.context, { id, against: "target" });
  expect(files.map((file) => file.path).toSorted()).toEqual(["loose.ts", `${id}.ts`].toSorted());
  expect((await mergeSession(lab.context, { id })).tip).toBe(tip);
  expect(lab.git(source.gitDirectory, "show", `main:${id}.ts`)).toBe("1");
  expect((await salvage(lab.context, { id })).commit).not.toBeNull();
  for (const repository of [place, record.hub, source.gitDirectory])
    expect(lab.git(repository, "fsck", "--full")).not.toMatch(/missing|broken|error/);
  return record.hub;
}

test("a shallow clone will do: sessions end where it ends, also after it was deepened, cut again and completed", async () => {
  await using lab = openLab();
  for (const name of ["two.ts", "three.ts", "four.ts"]) lab.commit(lab.source, { [name]: "x\n" });
  const shallow = join(lab.path, "shallow");
  lab.git(lab.path, "clone", "-q", "--depth=2", `file://${lab.source}`, shallow);
  lab.git(shallow, "remote", "rename", "origin", "upstream");
  await work(lab, shallow, "one");
  expect(lab.git(lab.worktree("one"), "log", "--format=%s").split("\n")).toHaveLength(3);
  lab.git(shallow, "fetch", "-q", "--deepen=1", "upstream");
  await work(lab, shallow, "two");
  lab.commit(lab.source, { "five.ts": "x\n" });
  lab.git(shallow, "fetch", "-q", "--depth=1", "upstream");
  lab.git(shallow, "merge", "-q", "-s", "ours", "--allow-unrelated-histories", "-m", "Take five", "upstream/main");
  await work(lab, shallow, "three");
  lab.git(shallow, "fetch", "-q", "--unshallow", "upstream");
  await work(lab, shallow, "four");
});

test("SHA-256 repositories go all the way", async () => {
  await using lab = openLab();
  const source = join(lab.path, "sha256");
  lab.git(lab.path, "init", "-q", "--object-format=sha256", source);
  expect(lab.commit(source, { "first.ts": "1\n" })).toHaveLength(64);
  await work(lab, source);
});

test("a bare repository gets the merge", async () => {
  await using lab = openLab();
  const bare = join(lab.path, "bare.git");
  lab.git(lab.path, "clone", "-q", "--bare", lab.source, bare);
  const hub = await work(lab, bare);
  expect(hub).toMatch(/\/bare-[0-9a-f]{12}\.git$/);
});

test("from a linked worktree a session starts where that stands, and shares the hub of its repository", async () => {
  await using lab = openLab();
  const linked = join(lab.path, "linked");
  lab.git(lab.source, "worktree", "add", "-q", "-b", "side", linked);
  const side = lab.commit(linked, { "side.ts": "s\n" });
  lab.write(linked, { "not-committed.ts": "n\n" });
  const source = await inspectSource(lab.context, { path: linked });
  expect(source).toMatchObject({ root: lab.source, base: { oid: side, name: "side" }, dirty: { untracked: 1 } });
  const record = await createWorktree(lab.context, { id: "one", source, branch: "work/one" });
  expect(record.hub).toBe(await work(lab, lab.source, "two"));
  lab.commit(lab.worktree("one"), { "one.ts": "1\n" });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({
    outcome: "merged",
    into: "side",
    checkout: linked,
  });
  expect(readFileSync(join(linked, "one.ts"), "utf8")).toBe("1\n");
});

test("a sparse checkout of the person stays sparse; the session has every file, and the person is told", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "far/away.ts": "a\n", "near/by.ts": "b\n" });
  lab.git(lab.source, "sparse-checkout", "set", "near");
  const { notes } = await inspectSource(lab.context, { path: lab.source });
  expect(notes).toEqual(["Your checkout is sparse; the session has every file of the commit."]);
  await lab.session("one");
  expect(existsSync(join(lab.worktree("one"), "far/away.ts"))).toBe(true);
  lab.commit(lab.worktree("one"), { "far/away.ts": "changed\n", "near/by.ts": "changed\n" });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged", checkout: lab.source });
  expect(existsSync(join(lab.source, "far"))).toBe(false);
  expect(readFileSync(join(lab.source, "near/by.ts"), "utf8")).toBe("changed\n");
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
});

test("submodules are empty folders in a session, named beforehand; their content is neither fetched nor changed", async () => {
  await using lab = openLab();
  const library = join(lab.path, "library");
  lab.git(lab.path, "init", "-q", library);
  lab.commit(library, { "lib.ts": "l\n" });
  lab.git(lab.source, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
  lab.commit(lab.source, {});
  const { notes } = await inspectSource(lab.context, { path: lab.source });
  expect(notes).toEqual([
    "The submodule vendor/lib is an empty folder in the session: a submodule is a repository of its own, and is not fetched.",
  ]);
  await work(lab, lab.source);
  expect(readdirSync(join(lab.worktree("one"), "vendor/lib"))).toEqual([]);
  expect(lab.git(lab.source, "ls-tree", "main", "vendor/lib")).toMatch(/^160000 commit/);
  expect(readFileSync(join(lab.source, "vendor/lib/lib.ts"), "utf8")).toBe("l\n");
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
});

test("pointers of Git LFS stay pointers, through diff and merge, and no filter runs", async () => {
  await using lab = openLab();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
  lab.commit(lab.source, {
    "art/.gitattributes": "*.psd filter=lfs diff=lfs merge=lfs -text\n",
    "art/big.psd": pointer,
  });
  const { notes } = await inspectSource(lab.context, { path: lab.source });
  expect(notes).toEqual([
    "Git LFS: files that it keeps are pointer files in the session; their contents are not fetched.",
  ]);
  const ran = join(lab.path, "ran");
  lab.write(join(lab.path, "home"), {
    ".config/git/config": `[filter "lfs"]\n\tclean = cat\n\tsmudge = "touch ${ran}; cat"\n\trequired = true\n`,
  });
  await lab.session("one");
  expect(readFileSync(join(lab.worktree("one"), "art/big.psd"), "utf8")).toBe(pointer);
  expect((await diffSession(lab.context, { id: "one" })).files).toEqual([]);
  lab.write(lab.worktree("one"), { "art/big.psd": pointer.replace("12345", "54321") });
  const [file] = (await diffSession(lab.context, { id: "one" })).files;
  expect(file).toMatchObject({ path: "art/big.psd", added: 1, removed: 1 });
  expect(existsSync(ran)).toBe(false);
  lab.git(lab.path, "clone", "-q", lab.source, "as-git-does");
  expect(existsSync(ran)).toBe(true);
});

test("a repository of nothing but loose objects gets a packed hub, and none of them twice", async () => {
  await using lab = openLab();
  for (let n = 0; n < 5; n++) lab.commit(lab.source, { [`${n}.ts`]: `${n}\n` });
  lab.git(lab.source, "gc", "-q");
  for (let n = 5; n < 10; n++) lab.commit(lab.source, { [`${n}.ts`]: `${n}\n` });
  const before = hashTree(lab.source);
  const { hub } = await lab.session("one");
  expect(hashTree(lab.source)).toBe(before);
  const counts = lab.git(hub, "count-objects", "-v");
  expect(counts).toMatch(/^count: 0$/m);
  expect(counts).toMatch(/^packs: 2$/m);
  expect(existsSync(join(hub, "objects/info/alternates"))).toBe(false);
  const packs = readdirSync(join(hub, "objects/pack")).filter((name) => name.endsWith(".pack"));
  const linked = packs.map((name) => statSync(join(hub, "objects/pack", name)).nlink).toSorted((a, b) => a - b);
  expect(linked).toEqual([1, 2]);
  await work(lab, lab.source, "two");
});

test("a loose object that cannot be read, and that no branch needs, is left behind", async () => {
  await using lab = openLab();
  lab.write(lab.source, { [`.git/objects/aa/${"b".repeat(38)}`]: "" });
  const { hub } = await lab.session("one");
  expect(lab.git(hub, "fsck", "--full")).toBe("");
  expect(lab.git(lab.worktree("one"), "fsck", "--full")).toBe("");
});
