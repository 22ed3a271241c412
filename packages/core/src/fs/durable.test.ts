import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireTool, smallDisk, temporaryDirectory } from "../testing/index.ts";
import { createFileDurable, writeFileDurable } from "./durable.ts";

const KILOBYTE = 1024;

test("a write replaces the file, keeps the generation before, and leaves nothing else", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "state.json");
  const keepPrevious = join(directory.path, "state.prev.json");
  for (const content of ["one", "two", "three"]) await writeFileDurable(path, content, { keepPrevious });
  expect(readFileSync(path, "utf8")).toBe("three");
  expect(readFileSync(keepPrevious, "utf8")).toBe("two");
  expect(readdirSync(directory.path).toSorted()).toEqual(["state.json", "state.prev.json"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a previous generation that is the current file by link does not stop the next write", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "state.json");
  const keepPrevious = join(directory.path, "state.prev.json");
  await writeFileDurable(path, "one");
  // What a crash between keeping the generation and replacing the file leaves.
  linkSync(path, keepPrevious);
  await writeFileDurable(path, "two", { keepPrevious });
  expect(readFileSync(keepPrevious, "utf8")).toBe("one");
  expect(readdirSync(directory.path).toSorted()).toEqual(["state.json", "state.prev.json"]);
});

test("a file is created once, whoever asks", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "once");
  const outcomes = await Promise.all(["a", "b", "c"].map((content) => createFileDurable(path, content)));
  expect(outcomes.toSorted()).toEqual(["created", "exists", "exists"]);
  expect(readdirSync(directory.path)).toEqual(["once"]);
});

test("a disk that fills up in the middle of a write keeps the old state and no temporary", async () => {
  if (!requireTool("mount")) return;
  await using disk = await smallDisk({ bytes: KILOBYTE * KILOBYTE });
  const path = join(disk.path, "state.json");
  const old = JSON.stringify({ old: "x".repeat(300 * KILOBYTE) });
  await writeFileDurable(path, old);
  // Room for a part: the system takes that part and reports success for it.
  writeFileSync(join(disk.path, "filler"), Buffer.alloc(400 * KILOBYTE));
  await expect(writeFileDurable(path, "y".repeat(500 * KILOBYTE))).rejects.toMatchObject({ code: "storage-full" });
  await expect(createFileDurable(join(disk.path, "new"), "y".repeat(500 * KILOBYTE))).rejects.toMatchObject({
    code: "storage-full",
  });
  expect(readFileSync(path, "utf8")).toBe(old);
  expect(readdirSync(disk.path).toSorted()).toEqual(["filler", "state.json"]);
});

test("running out of inodes is a full disk", async () => {
  if (!requireTool("mount")) return;
  await using disk = await smallDisk({ bytes: KILOBYTE * KILOBYTE, inodes: 4 });
  const path = join(disk.path, "state.json");
  await writeFileDurable(path, "old");
  for (let number = 0; number < 2; number += 1) writeFileSync(join(disk.path, `filler-${number}`), "");
  await expect(writeFileDurable(path, "new")).rejects.toMatchObject({ code: "storage-full" });
  expect(readFileSync(path, "utf8")).toBe("old");
});

test("a directory that is not there stays away", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "gone", "state.json");
  await expect(writeFileDurable(path, "x")).rejects.toMatchObject({ code: "ENOENT" });
  expect(existsSync(join(directory.path, "gone"))).toBe(false);
});
