import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { edited, type Lab } from "../worktrees/testing/lab.ts";
import { openScene, pairLines } from "./testing/scene.ts";

vi.setConfig({ testTimeout: 60_000 });

const oidOf = (lab: Lab, id: string) => lab.git(lab.worktree(id), "rev-parse", "HEAD");

/** What a session may do to its own repository, and what is said of it then. */
const DEEDS: [string, (lab: Lab, place: string) => void, RegExp][] = [
  ["its branch is gone", (lab, place) => lab.git(place, "branch", "-m", "elsewhere"), /no branch work\/x any more/],
  [
    "its branch has no commit",
    (lab, place) => {
      lab.git(place, "checkout", "-q", "--detach");
      lab.git(place, "branch", "-D", "work/x");
      lab.git(place, "symbolic-ref", "HEAD", "refs/heads/work/x");
    },
    /no branch work\/x any more/,
  ],
  ["its repository is gone", (_, place) => rmSync(join(place, ".git"), { recursive: true }), /no \.git directory/],
  ["its worktree is gone", (_, place) => rmSync(place, { recursive: true }), /worktree of session x is gone/],
  [
    "its worktree leads elsewhere",
    (lab, place) => {
      renameSync(place, `${place}.away`);
      symlinkSync(lab.source, place);
    },
    /worktree is not a directory/,
  ],
  [
    "its branch names what is not there",
    (_, place) => writeFileSync(join(place, ".git/refs/heads/work/x"), `${"1".repeat(40)}\n`),
    /1{40}, which is no commit/,
  ],
  [
    "its branch names a file",
    (lab, place) => {
      const blob = lab.git(place, "hash-object", "-w", "shared.txt");
      writeFileSync(join(place, ".git/refs/heads/work/x"), `${blob}\n`);
    },
    /which is no commit/,
  ],
  [
    "its branch is a huge file",
    (_, place) => writeFileSync(join(place, ".git/refs/heads/work/x"), "0".repeat(50_000_000)),
    /no branch work\/x any more/,
  ],
  [
    "its commit holds a name that git refuses",
    (lab, place) => {
      const blob = lab.git(place, "hash-object", "-w", "shared.txt");
      const tree = lab.git(place, "hash-object", "-w", "-t", "tree", "--literally", writeTree(lab, blob));
      const commit = lab.git(place, "commit-tree", tree, "-m", "bad");
      writeFileSync(join(place, ".git/refs/heads/work/x"), `${commit}\n`);
    },
    /did not pass/,
  ],
];

function writeTree(lab: Lab, blob: string): string {
  const path = join(lab.path, "tree");
  writeFileSync(path, Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob, "hex")]));
  return path;
}

test.each(DEEDS)("%s: that one is named, the others are compared", async (_, deed, words) => {
  await using scene = openScene();
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  await scene.session("x", { "shared.txt": edited({ 3: "x" }) });
  deed(scene.lab, scene.lab.worktree("x"));
  const look = await scene.look({ uncommitted: true });
  expect(pairLines(look)).toEqual(["conflicts a b shared.txt"]);
  expect(look.sessions.find(({ session }) => session === "x")).toMatchObject({
    tip: null,
    outcome: "unknown",
    problem: expect.stringMatching(words),
  });
});

test("what was refused is not tried again before the session commits again, unless a person asks", async () => {
  await using scene = openScene();
  await scene.session("a", { "a.txt": "1\n" });
  await scene.session("x", { "x.txt": "1\n" });
  writeFileSync(join(scene.lab.worktree("x"), ".git/refs/heads/work/x"), `${"1".repeat(40)}\n`);
  const imports = async (retry: boolean) => (await scene.look({ retry })).cost.imports;
  expect([await imports(false), await imports(false), await imports(true)]).toEqual([2, 0, 1]);
});

test("a detached HEAD and odd refs beside its branch are no matter", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("x", { "shared.txt": edited({ 3: "x" }) });
  const place = lab.worktree("x");
  lab.git(place, "checkout", "-q", "--detach", "HEAD~1");
  const heads = join(place, ".git/refs/heads");
  for (const name of ["--output=owned", "\u001b[2J", "a b", "-x"])
    writeFileSync(join(heads, name), `${oidOf(lab, "x")}\n`);
  symlinkSync("/dev/zero", join(heads, "endless"));
  const look = await scene.look();
  expect(pairLines(look)).toEqual(["conflicts a x shared.txt"]);
  expect(look.sessions.map(({ problem }) => problem)).toEqual([null, null]);
});

test("a hundred thousand packed refs are read in bounds", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("x", { "shared.txt": edited({ 3: "x" }) });
  const place = lab.worktree("x");
  lab.git(place, "pack-refs", "--all");
  const oid = oidOf(lab, "x");
  const lines = Array.from({ length: 100_000 }, (_, n) => `${oid} refs/heads/zz/${n}\n`);
  writeFileSync(
    join(place, ".git/packed-refs"),
    `# pack-refs with: peeled fully-peeled sorted \n${oid} refs/heads/work/x\n${lines.join("")}`,
  );
  const look = await scene.look();
  expect(pairLines(look)).toEqual(["conflicts a x shared.txt"]);
});

test("histories that never met are compared, not fatal", async () => {
  await using scene = openScene();
  const { lab } = scene;
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  await scene.session("x", { "lonely.txt": "1\n" });
  const place = lab.worktree("x");
  const orphan = lab.git(place, "commit-tree", "HEAD^{tree}", "-m", "alone");
  lab.git(place, "update-ref", "refs/heads/work/x", orphan);
  const look = await scene.look();
  expect(pairLines(look)).toContain("conflicts a b shared.txt");
  expect(look.sessions.map(({ problem }) => problem)).toEqual([null, null, null]);
});

test("a repository of the person that is gone takes the target away, not the comparison", async () => {
  await using scene = openScene();
  await scene.session("a", { "shared.txt": edited({ 3: "a" }) });
  await scene.session("b", { "shared.txt": edited({ 3: "b" }) });
  renameSync(scene.lab.source, `${scene.lab.source}.moved`);
  const look = await scene.look();
  expect(pairLines(look)).toEqual(["conflicts a b shared.txt"]);
  expect(look.sessions.map(({ outcome, problem }) => [outcome, problem])).toEqual([
    ["unknown", expect.stringContaining("no longer at")],
    ["unknown", expect.stringContaining("no longer at")],
  ]);
});
