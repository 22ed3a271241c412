import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { stateRoot, type StateRoot } from "@harness/core";
import { fakeClock, temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openWanted, wantRunning, wantStopped } from "./wanted.ts";

const log = { info: () => {}, warn: () => {}, error: () => {}, close: () => {} };
const open = (root: StateRoot) => openWanted({ root, clock: fakeClock(), log });

function makeRoot(path: string): StateRoot {
  const root = stateRoot(path);
  mkdirSync(root.run.sessions, { recursive: true });
  return root;
}

test("what is wanted outlives the process that wrote it", async () => {
  await using directory = temporaryDirectory();
  const root = makeRoot(directory.path);
  const first = await open(root);
  expect(first.get("s")).toBeNull();
  await first.change("s", wantStopped);
  expect((await open(root)).get("s")).toMatchObject({
    v: 1,
    session: "s",
    wanted: "stopped",
    generation: 0,
    restarts: [],
  });
  first.drop("s");
  expect((await open(root)).get("s")).toBeNull();
});

test("changes at the same time all count", async () => {
  await using directory = temporaryDirectory();
  const records = await open(makeRoot(directory.path));
  const count = () => records.change("s", (wanted) => ({ ...wanted, generation: wanted.generation + 1 }));
  await Promise.all(Array.from({ length: 20 }, count));
  expect(records.get("s")?.generation).toBe(20);
});

test("a damaged record is set aside and hides no other; one of a newer version stops the start", async () => {
  await using directory = temporaryDirectory();
  const root = makeRoot(directory.path);
  const records = await open(root);
  for (const id of ["broken", "good"]) await records.change(id, wantStopped);
  writeFileSync(root.runOf("broken").wanted, '{"v":1,');
  const again = await open(root);
  expect([again.get("broken"), again.get("good")?.wanted]).toEqual([null, "stopped"]);
  expect(readdirSync(root.runOf("broken").directory).join()).toContain("corrupt");

  const future = readFileSync(root.runOf("good").wanted, "utf8").replace('"v": 1', '"v": 9');
  writeFileSync(root.runOf("good").wanted, future);
  await expect(open(root)).rejects.toMatchObject({ code: "from-the-future" });
  expect(readFileSync(root.runOf("good").wanted, "utf8")).toBe(future);
});

test("a state root that vanished is not made again", async () => {
  await using directory = temporaryDirectory();
  const root = makeRoot(`${directory.path}/root`);
  const records = await open(root);
  renameSync(root.path, `${root.path}.away`);
  await expect(records.change("s", wantStopped)).rejects.toMatchObject({ code: "storage-lost" });
  expect(existsSync(root.path)).toBe(false);
});

test("a resumed session starts with a clean record, a closed one cannot be stopped", async () => {
  await using directory = temporaryDirectory();
  const records = await open(makeRoot(directory.path));
  const failed = await records.change("s", (wanted) => ({ ...wanted, failed: "x", restarts: ["a"], queued: true }));
  expect(wantRunning(failed)).toMatchObject({ wanted: "run", restarts: [] });
  expect(wantRunning(failed)).not.toHaveProperty("failed");
  expect(wantStopped({ ...failed, wanted: "closed" }).wanted).toBe("closed");
});
