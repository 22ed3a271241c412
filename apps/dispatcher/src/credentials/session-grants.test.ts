import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot, type StateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { grantPath, opens, readGrant } from "@harness/credentials";
import { expect, test } from "vitest";
import { createSessionGrants, type SessionGrants } from "./session-grants.ts";

const NAME = "cloud";
const SESSION = "s1";
const A = { key: "key-a", budget: { tokens: 1 } };
const B = { key: "key-b", budget: { tokens: 2 } };
const C = { key: "key-c", budget: { tokens: 3 } };

function place() {
  const directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.workers, { recursive: true });
  const grants = createSessionGrants({ root });
  return { root, grants, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

/** Which keys open, and how much may be spent, as a worker reads it. */
function granted(root: StateRoot) {
  const grant = readGrant(root.workerOf(NAME).directory, SESSION);
  if (grant === null) return null;
  return { keys: [A, B, C].filter(({ key }) => opens(grant, [key])).map(({ key }) => key), budget: grant.budget };
}

const begin = (grants: SessionGrants, asked: typeof A) => grants.begin(NAME, SESSION, asked);

test.each([
  ["nothing runs", false],
  ["another process runs", true],
])("two starts that overlap, both undone in either order, leave what was there: %s", async (_what, runs) => {
  for (const isReversed of [false, true]) {
    await using all = place();
    const { root, grants } = all;
    if (runs) await (await begin(grants, C)).keep();
    const before = granted(root);
    const [first, second] = [await begin(grants, A), await begin(grants, B)];
    const [one, other, left] = isReversed ? [second, first, A] : [first, second, B];
    await one.undo();
    // The other one is as if it had been alone.
    expect(granted(root)).toEqual({ keys: runs ? [left.key, C.key] : [left.key], budget: left.budget });
    await other.undo();
    expect(granted(root)).toEqual(before);
    expect(existsSync(grantPath(root.workerOf(NAME).directory, SESSION))).toBe(runs);
  }
});

test("a start that comes to be has what it was granted, whatever another that overlapped it left undone", async () => {
  await using all = place();
  const { root, grants } = all;
  const [first, second] = await Promise.all([begin(grants, A), begin(grants, B)]);
  await Promise.all([first.undo(), second.keep()]);
  expect(granted(root)).toEqual({ keys: [B.key], budget: B.budget });
  // It is over: undoing it again takes nothing away.
  await Promise.all([first.undo(), second.undo()]);
  expect(granted(root)).toEqual({ keys: [B.key], budget: B.budget });
});

test("more to spend is for the process that runs and for those that are being started", async () => {
  await using all = place();
  const { root, grants } = all;
  await (await begin(grants, C)).keep();
  const start = await begin(grants, A);
  await grants.allow(NAME, SESSION, { tokens: 9 });
  expect(granted(root)).toEqual({ keys: [A.key, C.key], budget: { tokens: 9 } });
  await start.undo();
  expect(granted(root)).toEqual({ keys: [C.key], budget: { tokens: 9 } });
});

test("what is withdrawn while a start is written down, kept or undone stays withdrawn", async () => {
  await using all = place();
  const { root, grants } = all;
  const beginning = begin(grants, A);
  // In the middle of the write, and after it.
  await Promise.resolve();
  grants.withdraw(SESSION);
  const begun = await beginning;
  expect(granted(root)).toBeNull();
  await begun.keep();
  expect(granted(root)).toBeNull();
  const again = await begin(grants, B);
  const keeping = again.keep();
  await Promise.resolve();
  grants.withdraw(SESSION);
  await keeping;
  expect(granted(root)).toBeNull();
  // The next one has all of its own.
  await (await begin(grants, C)).keep();
  expect(granted(root)).toEqual({ keys: [C.key], budget: C.budget });
});

test("a start whose grant cannot be written leaves nothing of it behind", async () => {
  await using all = place();
  const { root, grants } = all;
  await (await begin(grants, C)).keep();
  const path = grantPath(root.workerOf(NAME).directory, SESSION);
  await expect(grants.begin(NAME, "x".repeat(300), A)).rejects.toThrow("is not a session id");
  await expect(begin(grants, A).then(({ undo }) => undo())).resolves.toBeUndefined();
  expect(granted(root)).toEqual({ keys: [C.key], budget: C.budget });
  expect(existsSync(path)).toBe(true);
});

test("whatever a session has put into its door goes with it, and nothing that a link in there leads to", async () => {
  await using all = place();
  const { root, grants } = all;
  const [door, outside] = [join(root.run.sockets, SESSION, NAME), join(root.path, "outside")];
  for (const path of [door, outside]) mkdirSync(path, { recursive: true });
  writeFileSync(join(outside, "kept"), "");
  symlinkSync(outside, join(door, "link"));
  // Deeper than any path: it can only be taken away step by step, from directories that are held open.
  const dig = 'for (let i = 0; i < 25; i++) { fs.mkdirSync("d".repeat(200)); process.chdir("d".repeat(200)); }';
  expect(spawnSync(process.execPath, ["-e", dig], { cwd: door }).status).toBe(0);
  await grants.forget(SESSION);
  expect([readdirSync(root.run.sockets), readdirSync(outside)]).toEqual([[], ["kept"]]);
});
