import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { edited, hashTree } from "../worktrees/testing/lab.ts";
import { hasCommit } from "../worktrees/hub.ts";
import { tidyLookout } from "./lookout.ts";
import { openScene, pairLines } from "./testing/scene.ts";

vi.setConfig({ testTimeout: 60_000 });

test("two sessions that changed the same lines conflict, others that changed the same file do not", async () => {
  await using scene = openScene();
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  await scene.session("c", { "shared.txt": edited({ 25: "c" }) });
  await scene.session("d", { "other.txt": "d\n" });
  await scene.session("e");
  const look = await scene.look();
  expect(pairLines(look)).toEqual([
    "conflicts a b shared.txt",
    "same files a c shared.txt",
    "same files b c shared.txt",
  ]);
  expect(look.sessions.map(({ session, outcome }) => `${session} ${outcome}`)).toEqual([
    "a clean",
    "b clean",
    "c clean",
    "d clean",
    "e unchanged",
  ]);
  expect(look.cost).toEqual({ imports: 4, merges: 6 });
  expect(look.collisions.map(({ sides }) => sides.map(({ session }) => session))).toEqual([["a", "b"]]);
});

test("a conflict that no file name shows is found: a folder that one renamed and another added to", async () => {
  await using scene = openScene();
  scene.lab.commit(scene.lab.source, { "old/one.txt": "1\n", "old/two.txt": "2\n", "old/three.txt": "3\n" });
  await scene.session("a");
  scene.lab.git(scene.lab.worktree("a"), "mv", "old", "new");
  scene.lab.commit(scene.lab.worktree("a"), {});
  await scene.session("b", { "old/four.txt": "4\n" });
  const [pair] = (await scene.look()).pairs;
  expect([pair?.outcome, pair?.files]).toEqual(["conflicts", ["new/four.txt"]]);
});

test("each session is compared with its target as it moves", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 25: "b" }) });
  expect((await scene.look()).cost.merges).toBe(1);
  const main = lab.commit(lab.source, { "shared.txt": edited({ 3: "main" }) });
  const look = await scene.look();
  expect(look.sessions).toMatchObject([
    { session: "a", outcome: "conflicts", files: ["shared.txt"], target: { name: "main", oid: main } },
    { session: "b", outcome: "clean", files: [] },
  ]);
  expect(look.cost).toEqual({ imports: 0, merges: 2 });
  expect(look.collisions).toMatchObject([{ sides: [{ session: "a" }], target: { name: "main" } }]);
  // The session takes its target in, and is clean again.
  lab.git(lab.worktree("a"), "fetch", "-q", lab.source, "main");
  lab.git(lab.worktree("a"), "merge", "-q", "-X", "ours", "FETCH_HEAD");
  expect((await scene.look()).sessions[0]).toMatchObject({ session: "a", outcome: "clean" });
});

test("a session that was merged has nothing of its own any more", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  lab.git(lab.source, "pull", "-q", lab.worktree("a"), "work/a");
  const look = await scene.look();
  expect([pairLines(look), look.sessions.map(({ outcome }) => outcome)]).toEqual([[], ["unchanged", "conflicts"]]);
});

test("after one new commit among twenty sessions there are at most twenty merges, and without one nothing is fetched or merged", async () => {
  await using scene = openScene();
  const { git, lab } = scene;
  const ids = Array.from({ length: 20 }, (_, n) => `s${n + 10}`);
  for (const id of ids) await scene.session(id, { [`own-${id}.txt`]: "1\n" });
  expect((await scene.look()).cost).toEqual({ imports: 20, merges: 190 });
  expect(git.merges()).toHaveLength(190);

  git.reset();
  expect((await scene.look()).cost).toEqual({ imports: 0, merges: 0 });
  expect(git.commands().filter((words) => / (fetch|merge-tree|index-pack|diff-tree|merge-base) /.test(words))).toEqual(
    [],
  );

  git.reset();
  lab.commit(lab.worktree("s17"), { "more.txt": "2\n" });
  expect((await scene.look()).cost).toEqual({ imports: 1, merges: 19 });
  expect(git.merges()).toHaveLength(19);
  expect(git.commands().filter((words) => words.includes(" merge-tree ")).length).toBeLessThanOrEqual(2);

  // Another dispatcher finds the outcomes on disk.
  git.reset();
  scene.forget();
  expect((await scene.look()).cost).toEqual({ imports: 0, merges: 0 });

  git.reset();
  lab.commit(lab.source, { "shared.txt": edited({ 1: "main" }) });
  expect((await scene.look()).cost).toEqual({ imports: 0, merges: 20 });
  expect(git.merges()).toHaveLength(20);
});

test("neither hub nor worktree nor the person's repository is changed, and nothing but one pack an import is kept", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  const places = [lab.context.root.hub, lab.context.root.sessions, lab.source];
  const before = places.map(hashTree);
  await scene.look({ uncommitted: true });
  expect(places.map(hashTree)).toEqual(before);
  expect(readdirSync(scene.lookout()).toSorted()).toEqual(["lookout.git", "radar.json"]);
  const objects = join(scene.lookout(), "lookout.git", "objects");
  expect(readdirSync(objects).toSorted()).toEqual(["info", "pack"]);
  expect(readdirSync(join(objects, "pack")).filter((name) => name.endsWith(".pack"))).toHaveLength(2);
});

test("many imports become one pack, and of a session that is gone nothing is left in it", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "a.txt": "1\n" });
  await scene.session("b", { "b.txt": "1\n" });
  await scene.look();
  const { lookout, tips } = await scene.open();
  expect([...tips.keys()]).toEqual(["a", "b"]);
  await tidyLookout(lookout, { sessions: new Set(["a"]), tips: tips.keys(), packs: 1 });
  const packs = readdirSync(join(lookout.gitDirectory, "objects/pack")).filter((name) => name.endsWith(".pack"));
  expect(packs).toHaveLength(1);
  expect([...(await scene.open()).tips.keys()]).toEqual(["a"]);
  const has = (id: string) =>
    hasCommit(lab.context, lookout.gitDirectory, lab.git(lab.worktree(id), "rev-parse", "HEAD"));
  expect([await has("a"), await has("b")]).toEqual([true, false]);
});

test("a lookout that is damaged or gone is made again, and no merge is worked out twice for it", async () => {
  await using scene = openScene();
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  await scene.look();
  const packs = join(scene.lookout(), "lookout.git/objects/pack");
  for (const name of readdirSync(packs)) rmSync(join(packs, name), { force: true });
  const look = await scene.look();
  expect([pairLines(look), look.cost]).toEqual([["conflicts a b shared.txt"], { imports: 2, merges: 0 }]);
  rmSync(scene.lookout(), { recursive: true });
  scene.forget();
  expect(pairLines(await scene.look())).toEqual(["conflicts a b shared.txt"]);
  writeFileSync(join(scene.lookout(), "radar.json"), "{ half");
  scene.forget();
  expect(pairLines(await scene.look())).toEqual(["conflicts a b shared.txt"]);
});

test("a shallow clone is compared as far as it goes, also when its target moves and it is completed", async () => {
  await using scene = openScene();
  const { lab } = scene;
  lab.commit(lab.source, { "two.ts": "x\n" });
  const shallow = join(lab.path, "shallow");
  lab.git(lab.path, "clone", "-q", "--depth=1", `file://${lab.source}`, shallow);
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) }, shallow);
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) }, shallow);
  expect(pairLines(await scene.look())).toEqual(["conflicts a b shared.txt"]);
  lab.commit(shallow, { "shared.txt": edited({ 3: "main" }) });
  const moved = await scene.look();
  expect(moved.sessions.map(({ outcome, problem }) => [outcome, problem])).toEqual([
    ["conflicts", null],
    ["conflicts", null],
  ]);
  lab.git(shallow, "fetch", "-q", "--unshallow");
  lab.commit(lab.worktree("b"), { "shared.txt": edited({ 3: "b", 9: "b" }) });
  const whole = await scene.look();
  expect([pairLines(whole), whole.sessions.map(({ problem }) => problem)]).toEqual([
    ["conflicts a b shared.txt"],
    [null, null],
  ]);
});

test("what is not committed is compared by file names when it is asked for", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "own.txt": "b\n" });
  await scene.session("c");
  lab.write(lab.worktree("b"), { "shared.txt": edited({ 9: "b" }), "new.txt": "b\n" });
  lab.write(lab.worktree("c"), { "new.txt": "c\n" });
  expect((await scene.look()).uncommitted).toEqual([]);
  expect((await scene.look({ uncommitted: true })).uncommitted).toEqual([
    { session: "b", with: "a", files: ["shared.txt"], more: 0 },
    { session: "b", with: "c", files: ["new.txt"], more: 0 },
    { session: "c", with: "b", files: ["new.txt"], more: 0 },
  ]);
  lab.commit(lab.worktree("b"), {});
  lab.write(lab.worktree("a"), { "shared.txt": edited({ 3: "a", 4: "more" }) });
  const look = await scene.look({ uncommitted: true });
  expect(look.uncommitted).toEqual([
    { session: "a", with: "b", files: ["shared.txt"], more: 0 },
    { session: "c", with: "b", files: ["new.txt"], more: 0 },
  ]);
  expect(look.sessions.map(({ problem }) => problem)).toEqual([null, null, null]);
});
