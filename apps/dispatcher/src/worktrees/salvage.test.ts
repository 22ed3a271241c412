import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktree } from "./clone.ts";
import { inspectSource } from "./source.ts";
import { mergeSession } from "./testing/merge-session.ts";
import { worktreePaths } from "./paths.ts";
import { salvage } from "./salvage.ts";
import { edited, hashTree, type Lab, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 120_000 };
const salvageOne = (lab: Lab) => salvage(lab.context, { id: "one" });
const REF = "refs/harness/salvage/one";

test("commits, stashes, side branches, changes and new files all come back from one ref", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "committed.ts": "1\n" }, "committed");
  for (const text of ["first", "second"]) {
    lab.write(place, { "src/one.ts": `${text}\n` });
    lab.git(place, "stash", "-q", "-m", text);
  }
  lab.git(place, "checkout", "-q", "-b", "side", "main");
  lab.commit(place, { "side.ts": "s\n" }, "side");
  lab.git(place, "checkout", "-q", "work/one");
  lab.write(place, { "shared.txt": edited({ 3: "three" }), "new/deep.txt": "new\n" });
  chmodSync(join(place, "new/deep.txt"), 0o755);
  rmSync(join(place, "src/one.ts"));
  const before = hashTree(place);

  const saved = await salvageOne(lab);
  expect(saved).toMatchObject({ ref: REF, hub, uncommitted: { modified: 2, untracked: 1 }, nested: [] });
  expect(saved.commits.toSorted()).toEqual([
    "HEAD",
    "refs/heads/side",
    "refs/heads/work/one",
    "refs/stash",
    "stash",
    "stash",
  ]);
  expect(lab.git(hub, "ls-tree", "-r", "--name-only", REF).split("\n")).toEqual([
    "committed.ts",
    "new/deep.txt",
    "shared.txt",
  ]);
  expect(lab.git(hub, "show", `${REF}:shared.txt`)).toContain("three");
  expect(lab.git(hub, "log", "--format=%s", REF)).toMatch(/^Salvage of session one\n/);
  expect(lab.git(hub, "log", "--format=%s", REF).split("\n")).toEqual(
    expect.arrayContaining(["committed", "side", "On work/one: first", "On work/one: second"]),
  );
  expect(hashTree(place)).toBe(before);

  // The two ways back, as the lines say them.
  const [back = "", patch = ""] = saved.lines;
  lab.git(lab.path, ...(/git (-C .*)$/.exec(back)?.[1] ?? "").split(" "));
  expect(lab.git(lab.source, "show", "salvage-one:new/deep.txt")).toBe("new");
  expect(patch).toContain(worktreePaths(lab.context.root, "one").patch);
  lab.git(lab.source, "apply", "--check", worktreePaths(lab.context.root, "one").patch);
  expect(statSync(worktreePaths(lab.context.root, "one").patch).mode & 0o777).toBe(0o600);
});

test("binary and oddly named files are in the patch as they are", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.write(lab.worktree("one"), { "image.bin": "\u0000\u0001\u0002".repeat(500), 'ü "quoted".txt': "x\n" });
  const { patch } = await salvageOne(lab);
  lab.git(lab.source, "apply", patch ?? "");
  expect(readFileSync(join(lab.source, "image.bin"), "utf8")).toBe("\u0000\u0001\u0002".repeat(500));
  expect(existsSync(join(lab.source, 'ü "quoted".txt'))).toBe(true);
});

test("a session that did nothing leaves nothing", async () => {
  await using lab = openLab();
  lab.git(lab.source, "tag", "-a", "-m", "one", "v1");
  const { hub } = await lab.session("one");
  expect(await salvageOne(lab)).toMatchObject({ commit: null, ref: null, patch: null, lines: [] });
  expect(lab.git(hub, "for-each-ref", REF)).toBe("");
  expect(existsSync(lab.context.root.archive)).toBe(false);
});

test("what was merged, or waits on a branch of the person, needs no salvage", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await mergeSession(lab.context, { id: "one" });
  expect(await salvageOne(lab)).toMatchObject({ commit: null });
  lab.commit(lab.worktree("one"), { "three.ts": "3\n" });
  expect((await salvageOne(lab)).commits).toEqual(["HEAD", "refs/heads/work/one"]);
});

test("uncommitted work alone is a commit on top of where the session stands", async () => {
  await using lab = openLab();
  const { hub, start } = await lab.session("one");
  lab.write(lab.worktree("one"), { "new.txt": "n\n" });
  expect(await salvageOne(lab)).toMatchObject({ commits: [], uncommitted: { modified: 0, untracked: 1 } });
  expect(lab.git(hub, "rev-parse", `${REF}^@`)).toBe(start);
});

test(
  "saved twice without a change it is the same commit; saved again later nothing of before is lost",
  SLOW,
  async () => {
    await using lab = openLab();
    const { hub } = await lab.session("one");
    const place = lab.worktree("one");
    lab.commit(place, { "two.ts": "2\n" });
    lab.write(place, { "draft.txt": "first draft\n" });
    const first = await salvageOne(lab);
    expect((await salvageOne(lab)).commit).toBe(first.commit);
    lab.git(place, "reset", "-q", "--hard", "main");
    rmSync(join(place, "draft.txt"));
    lab.write(place, { "draft.txt": "second draft\n" });
    const second = await salvageOne(lab);
    expect(second.commit).not.toBe(first.commit);
    expect(lab.git(hub, "show", `${REF}:draft.txt`)).toBe("second draft");
    expect(lab.git(hub, "show", `${first.commit}:draft.txt`)).toBe("first draft");
    lab.git(hub, "merge-base", "--is-ancestor", first.commit ?? "", REF);
  },
);

test("a detached, an unborn and a renamed branch are saved like any other", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.git(place, "checkout", "-q", "--detach");
  lab.commit(place, { "two.ts": "2\n" }, "detached");
  lab.git(place, "branch", "-q", "-D", "work/one");
  expect((await salvageOne(lab)).commits).toEqual(["HEAD"]);
  expect(lab.git(hub, "show", `${REF}:two.ts`)).toBe("2");
  lab.git(place, "checkout", "-q", "--orphan", "fresh");
  lab.git(place, "rm", "-q", "-r", "-f", ".");
  lab.write(place, { "only.txt": "o\n" });
  await salvageOne(lab);
  expect(lab.git(hub, "ls-tree", "--name-only", REF)).toBe("only.txt");
});

test("what cannot be read is no salvage, and says why", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const place = lab.worktree("one");
  lab.write(place, { "new.txt": "n\n" });
  renameSync(hub, `${hub}-away`);
  await expect(salvageOne(lab)).rejects.toMatchObject({
    code: "salvage-failed",
    message: expect.stringContaining("hub"),
  });
  renameSync(`${hub}-away`, hub);
  const { record } = worktreePaths(lab.context.root, "one");
  renameSync(record, `${record}.away`);
  await expect(salvageOne(lab)).rejects.toMatchObject({
    code: "salvage-failed",
    message: expect.stringContaining("nothing says which repository"),
  });
  renameSync(`${record}.away`, record);
  // Deeper than a path can say.
  const folders = Array.from({ length: 20 }, () => "d".repeat(100)).join("/");
  const script = 'for i in 1 2 3; do mkdir -p "$0" && cd -P "$0" || exit 1; done; echo lost > file';
  execFileSync("sh", ["-c", script, folders], { cwd: place, env: { PATH: process.env["PATH"], PWD: place } });
  await expect(salvageOne(lab)).rejects.toMatchObject({
    code: "salvage-failed",
    message: expect.stringMatching(/could not open directory/),
  });
});

test("a session without a repository, and one whose worktree is gone, have nothing in git to save", async () => {
  await using lab = openLab();
  mkdirSync(lab.context.root.session("zero").directory);
  expect(await salvage(lab.context, { id: "zero" })).toMatchObject({ commit: null });
  await lab.session("one");
  rmSync(lab.worktree("one"), { recursive: true });
  expect(await salvageOne(lab)).toMatchObject({ commit: null });
});

test("a file that may not be read hinders no merge, but the removal", SLOW, async () => {
  // Nothing is closed to root: then the verbs run as somebody else, where that one may start Node.
  const isRoot = process.getuid?.() === 0;
  const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};
  if (spawnSync(process.execPath, ["--version"], nobody).status !== 0) return console.log("NOT RUN: another user");
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.write(lab.worktree("one"), { "closed.txt": "c\n" });
  chmodSync(join(lab.worktree("one"), "closed.txt"), 0);
  if (isRoot) execFileSync("chown", ["-R", "65534:65534", lab.path]);
  const run = (verb: string) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "testing/use-one.ts"), lab.context.root.path, verb], {
      env: { ...lab.context.environment, PATH: process.env["PATH"] },
      encoding: "utf8",
      ...nobody,
    }).stdout;
  expect(run("mergeSession")).toContain('"outcome":"merged"');
  expect(run("salvage")).toMatch(/salvage-failed.*cannot read closed\.txt/);
});

test("the command that gets a salvage back is read by a shell as it is meant", SLOW, async () => {
  await using lab = openLab();
  const path = join(lab.path, "my $project");
  lab.git(lab.path, "clone", "-q", lab.source, path);
  const source = await inspectSource(lab.context, { path });
  await createWorktree(lab.context, { id: "one", source, branch: "work/one" });
  lab.write(lab.worktree("one"), { "new.ts": "new\n" });
  const { lines, commit } = await salvageOne(lab);
  execFileSync("sh", ["-c", lines[0]?.split("Get it back with: ")[1] ?? ""], { stdio: "pipe" });
  expect(lab.git(path, "rev-parse", "salvage-one")).toBe(commit);
});
