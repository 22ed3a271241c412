import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, stateRoot, systemClock } from "@harness/core";
import { namespaceFlags, requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { emptyTrash, listTrash, moveToTrash } from "./trash.ts";

const DAY_MS = 86_400_000;

function openTrash(config = "") {
  const directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  for (const path of [root.sessions, root.trash]) mkdirSync(path, { recursive: true });
  const told: unknown[] = [];
  const note = (message: string, fields = {}) => void told.push({ message, ...fields });
  const log = { info: note, warn: note, error: note, close: () => {} };
  let nowMs = Date.now();
  const clock: Clock = { ...systemClock, now: () => nowMs };
  const session = (id: string, files: Record<string, string> = { "file.txt": id }) => {
    const path = root.session(id).directory;
    mkdirSync(path);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  };
  return {
    path: directory.path,
    root,
    session,
    told,
    parts: { root, clock, log, config: parseConfig(config) },
    wait: (days: number) => void (nowMs += days * DAY_MS),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test("what was removed lies in the trash for its days, whole, and is deleted after them", async () => {
  await using lab = openTrash("trash: { keepDays: 3 }");
  const place = await moveToTrash(lab.parts, lab.session("one"));
  expect(existsSync(lab.root.session("one").directory)).toBe(false);
  lab.wait(2.9);
  await emptyTrash(lab.parts);
  expect(readFileSync(join(place ?? "", "file.txt"), "utf8")).toBe("one");
  expect(listTrash(lab.parts)).toMatchObject([{ session: "one", path: place, discarded: false }]);
  lab.wait(0.2);
  await emptyTrash(lab.parts);
  expect(readdirSync(lab.root.trash)).toEqual([]);
  expect(lab.told).toMatchObject([{ message: "something in the trash is deleted", session: "one", cause: "age" }]);
});

test("a clock that went back deletes nothing", async () => {
  await using lab = openTrash();
  await moveToTrash(lab.parts, lab.session("one"));
  lab.wait(-400);
  await emptyTrash(lab.parts);
  expect(listTrash(lab.parts)).toHaveLength(1);
});

test("the oldest goes first when there is too much, and what was discarded goes at once", async () => {
  await using lab = openTrash("trash: { maxBytes: 1500000 }");
  for (const id of ["one", "two", "three"]) {
    await moveToTrash(lab.parts, lab.session(id, { big: "x".repeat(600_000) }));
    lab.wait(0.01);
  }
  await emptyTrash(lab.parts);
  expect(listTrash(lab.parts).map(({ session }) => session)).toEqual(["two", "three"]);
  await moveToTrash(lab.parts, lab.session("four"), { discard: true });
  await emptyTrash(lab.parts);
  expect(listTrash(lab.parts).map(({ session }) => session)).toEqual(["two", "three"]);
});

test("removing what is not there is no error", async () => {
  await using lab = openTrash();
  expect(await moveToTrash(lab.parts, lab.root.session("none").directory)).toBe(null);
});

test("three thousand folders deep, closed folders, odd names and links: all of it goes and nothing else", async () => {
  await using lab = openTrash("trash: { keepDays: 0 }");
  const place = lab.session("one");
  const outside = join(lab.path, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "keep.txt"), "keep");
  symlinkSync(outside, join(place, "link"));
  const folders = Array.from({ length: 1000 }, () => "d").join("/");
  const down = 'for i in 1 2 3; do mkdir -p "$0" && cd -P "$0" || exit 1; done; : > bottom';
  const script = `: > "-rf"; : > "$(printf 'a\\nb')"; mkdir closed; : > closed/x; mkdir closed/in; chmod 0 closed/in closed; ${down}`;
  execFileSync("sh", ["-c", script, folders], { cwd: place, env: { PATH: process.env["PATH"], PWD: place } });
  await moveToTrash(lab.parts, place);
  await until(() => readdirSync(lab.root.trash).length === 0, { timeoutMs: 20_000 });
  expect(readFileSync(join(outside, "keep.txt"), "utf8")).toBe("keep");
});

test("closed folders are no obstacle to their owner either", { timeout: 30_000 }, async () => {
  // Nothing is closed to root: then the deletion runs as somebody else.
  const isRoot = process.getuid?.() === 0;
  const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};
  if (spawnSync(process.execPath, ["--version"], nobody).status !== 0) return console.log("NOT RUN: another user");
  await using lab = openTrash();
  const place = lab.session("one");
  execFileSync("sh", ["-c", "mkdir -p a/b; : > a/b/c; chmod 0 a/b a"], { cwd: place });
  if (isRoot) execFileSync("chown", ["-R", "65534:65534", lab.path]);
  const program = join(import.meta.dirname, "../testing/delete-tree.ts");
  const ran = spawnSync(process.execPath, [program, place], { encoding: "utf8", ...nobody });
  expect([ran.stdout, existsSync(place)]).toEqual(["true\n", false]);
  if (!isRoot) return;
  // What belongs to somebody else stays until that somebody, or root, comes by; all around it goes.
  execFileSync(
    "sh",
    ["-c", "mkdir -p one/own one/theirs; : > one/own/a; : > one/theirs/b; chown -R 65534 one; chown 0 one/theirs"],
    {
      cwd: lab.root.sessions,
    },
  );
  expect(spawnSync(process.execPath, [program, place], { encoding: "utf8", ...nobody }).stdout).toBe("false\n");
  expect(readdirSync(place)).toEqual(["theirs"]);
  expect(spawnSync(process.execPath, [program, place], { encoding: "utf8" }).stdout).toBe("true\n");
});

test(
  "what is mounted below stays as it is, hinders nobody, and goes with the next pass",
  { timeout: 30_000 },
  async () => {
    if (!requireTool("mount")) return;
    await using lab = openTrash();
    const place = lab.session("one");
    mkdirSync(join(place, "mounted"));
    mkdirSync(join(place, "closed"));
    const program = join(import.meta.dirname, "../testing/delete-tree.ts");
    const script = `
    mount -t tmpfs none "$1/mounted" && mkdir "$1/mounted/shut" && echo keep > "$1/mounted/keep" && chmod 0500 "$1/mounted/shut"
    "$2" "$3" "$1"; cat "$1/mounted/keep"; stat -c %a "$1/mounted/shut"; ls "$1"
    umount "$1/mounted"; "$2" "$3" "$1"`;
    const ran = spawnSync(
      "unshare",
      [...namespaceFlags(), "sh", "-c", script, "sh", place, process.execPath, program],
      {
        encoding: "utf8",
      },
    );
    expect(ran.stdout.split("\n")).toEqual(["false", "keep", "500", "mounted", "true", ""]);
    expect(existsSync(place)).toBe(false);
  },
);
