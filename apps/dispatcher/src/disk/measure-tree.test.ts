import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { measureTree } from "./measure-tree.ts";
import { SESSION, totalOf, WHOLE } from "./places.ts";

const BOUNDS = { entries: 100_000, walkMs: 60_000, pauseMs: 0 };
const KB_64 = Buffer.alloc(64 * 1024, 7);

test("a file counts once however many names it has, a hole not at all", async () => {
  await using directory = temporaryDirectory();
  const empty = totalOf((await measureTree(directory.path, WHOLE, BOUNDS)).sizes);
  writeFileSync(join(directory.path, "one"), KB_64);
  linkSync(join(directory.path, "one"), join(directory.path, "two"));
  linkSync(join(directory.path, "one"), join(directory.path, "three"));
  const sparse = openSync(join(directory.path, "sparse"), "w");
  writeSync(sparse, "x");
  ftruncateSync(sparse, 10_000_000_000);
  closeSync(sparse);
  const measure = await measureTree(directory.path, WHOLE, BOUNDS);
  const grown = totalOf(measure.sizes) - empty;
  expect(measure).toMatchObject({ entries: 4, atLeast: false });
  expect(grown).toBe(blocksOf(join(directory.path, "one")) + blocksOf(join(directory.path, "sparse")));
  expect(grown).toBeLessThan(200_000);
});

test("no link is followed, neither to a directory nor in place of the tree itself", async () => {
  await using directory = temporaryDirectory();
  await using outside = temporaryDirectory();
  for (let index = 0; index < 10; index++) writeFileSync(join(outside.path, String(index)), KB_64);
  symlinkSync(outside.path, join(directory.path, "there"));
  symlinkSync(".", join(directory.path, "here"));
  const measure = await measureTree(directory.path, WHOLE, BOUNDS);
  expect(measure).toMatchObject({ entries: 2, atLeast: false });
  expect(totalOf(measure.sizes)).toBeLessThan(20_000);
  const replaced = await measureTree(join(directory.path, "there"), WHOLE, BOUNDS);
  expect(totalOf(replaced.sizes)).toBe(0);
});

test("what a session takes is told apart, and agrees with du", async () => {
  await using directory = temporaryDirectory();
  const files = [
    "worktree/a",
    "worktree/.git/objects/pack/p",
    "worktree/sub/.git/objects/q",
    "home/.cache/c",
    "log/l",
    "x",
  ];
  for (const [index, file] of files.entries()) {
    mkdirSync(join(directory.path, file, ".."), { recursive: true });
    writeFileSync(join(directory.path, file), Buffer.alloc((index + 1) * 64 * 1024, 1));
  }
  const { sizes } = await measureTree(directory.path, SESSION, BOUNDS);
  const du = (path: string) =>
    Number(execFileSync("du", ["-sk", join(directory.path, path)], { encoding: "utf8" }).split("\t")[0]) * 1024;
  expect(sizes).toEqual({
    worktree: du("worktree") - du("worktree/.git/objects"),
    objects: du("worktree/.git/objects"),
    home: du("home"),
    log: du("log"),
    rest: du(".") - du("worktree") - du("home") - du("log"),
  });
});

test("a tree deeper than any path, and names that are no text, are measured whole", async () => {
  await using directory = temporaryDirectory();
  const dig = `for (let i = 0; i < 3000; i++) { fs.mkdirSync("abc"); process.chdir("abc"); } fs.writeFileSync("deep", "x");`;
  execFileSync(process.execPath, ["-e", dig], { cwd: directory.path });
  execFileSync("sh", ["-c", "mkdir \"$(printf 'd\\377')\" && echo x > \"$(printf 'd\\377/f\\376')\""], {
    cwd: directory.path,
  });
  const measure = await measureTree(directory.path, WHOLE, BOUNDS);
  expect(measure).toMatchObject({ entries: 3003, atLeast: false });
  execFileSync("rm", ["-rf", "--", join(directory.path, "abc")]);
});

test("a directory that may not be read is said to hold at least itself", async () => {
  await using directory = temporaryDirectory();
  const closed = join(directory.path, "closed");
  mkdirSync(closed);
  writeFileSync(join(closed, "f"), KB_64);
  writeFileSync(join(directory.path, "open"), KB_64);
  chmodSync(closed, 0);
  const measure = await measureTree(directory.path, WHOLE, BOUNDS);
  chmodSync(closed, 0o700);
  // Whoever may read everything is not kept out.
  const isRoot = process.getuid?.() === 0;
  expect(measure).toMatchObject({ entries: isRoot ? 3 : 2, atLeast: !isRoot });
  expect(totalOf(measure.sizes)).toBeGreaterThanOrEqual(65_536);
});

test("the work is bounded in entries and in time, and lets others work meanwhile", async () => {
  await using directory = temporaryDirectory();
  execFileSync("sh", ["-c", "for d in 1 2 3 4 5; do mkdir $d; (cd $d && seq 2000 | xargs touch); done"], {
    cwd: directory.path,
  });
  expect(await measureTree(directory.path, WHOLE, { ...BOUNDS, entries: 1000 })).toMatchObject({
    entries: 1000,
    atLeast: true,
  });
  const short = await measureTree(directory.path, WHOLE, { ...BOUNDS, walkMs: 8 });
  expect(short.atLeast).toBe(true);
  expect(short.entries).toBeLessThan(10_005);
  let turns = 0;
  const others = setInterval(() => turns++, 1);
  expect(await measureTree(directory.path, WHOLE, { ...BOUNDS, pauseMs: 2 })).toMatchObject({
    entries: 10_005,
    atLeast: false,
  });
  clearInterval(others);
  expect(turns).toBeGreaterThan(2);
});

test("what is not there takes nothing", async () => {
  await using directory = temporaryDirectory();
  const measure = await measureTree(join(directory.path, "nothing"), WHOLE, BOUNDS);
  expect(measure).toMatchObject({ entries: 0, atLeast: false });
});

function blocksOf(path: string): number {
  return statSync(path).blocks * 512;
}
