import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Event } from "../schema/event.ts";
import { requireTool, smallDisk, temporaryDirectory, until } from "../testing/index.ts";
import { followJsonLines } from "./follow-json-lines.ts";
import { openJsonLines } from "./json-lines.ts";
import { readJsonLines } from "./read-json-lines.ts";

const text = (content: string) => ({ type: "text.written" as const, turn: "t", text: content });
const numbers = (events: Event[]) => events.map((event) => event.seq);

test("events are numbered on over restarts, a torn last line is closed off and left out", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const first = await openJsonLines(path);
  expect(first.append(text("one"))).toMatchObject({ v: 1, seq: 1, type: "text.written", text: "one" });
  first.append(text("two"));
  first.append(text("torn"));
  first.close();
  truncateSync(path, statSync(path).size - 10);
  const second = await openJsonLines(path);
  expect(second.append(text("three")).seq).toBe(3);
  second.close();
  expect((await readJsonLines(path)).map((event) => event["text"])).toEqual(["one", "two", "three"]);
});

test("lines that are damaged, foreign or too long are left out, the rest is read", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const line = (seq: number) =>
    `{"v":1,"seq":${seq},"at":"2026-01-01T00:00:00.000Z","type":"future.thing","extra":{}}\n`;
  writeFileSync(
    path,
    `${line(1)}garbage\n[]\n{"v":1}\n\n${"x".repeat(3_000_000)}\n${line(2)}\0\0\n${line(3)}{"v":1,"se`,
  );
  expect(numbers(await readJsonLines(path))).toEqual([1, 2, 3]);
});

test("files rotate by size, so many are kept, and reading goes over all of them", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const writer = await openJsonLines(path, { maxBytes: 1_000, keep: 2 });
  for (let number = 1; number <= 40; number += 1) writer.append(text("x".repeat(30)));
  writer.close();
  expect(readdirSync(directory.path).toSorted()).toEqual(["events.jsonl", "events.jsonl.1", "events.jsonl.2"]);
  for (const name of readdirSync(directory.path))
    expect(statSync(join(directory.path, name)).size).toBeLessThanOrEqual(1_000);
  const all = numbers(await readJsonLines(path));
  expect(all.at(-1)).toBe(40);
  expect(all).toEqual(Array.from({ length: all.length }, (_, index) => 41 - all.length + index));
  expect(numbers(await readJsonLines(path, { afterSeq: 35 }))).toEqual([36, 37, 38, 39, 40]);
  expect(numbers(await readJsonLines(path, { afterSeq: 30, limit: 2 }))).toEqual([31, 32]);
  expect(numbers(await readJsonLines(path, { tail: 15 }))).toEqual(all.slice(-15));
  expect(await readJsonLines(path, { tail: 0 })).toEqual([]);
  const reopened = await openJsonLines(path, { maxBytes: 1_000, keep: 2 });
  expect(reopened.append(text("next")).seq).toBe(41);
  reopened.close();
});

test("a flood stays within the caps: no line, no file and no total beyond them", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const writer = await openJsonLines(path, { maxBytes: 200_000, keep: 2, maxLineBytes: 4_096 });
  for (let number = 0; number < 100; number += 1) writer.append(text("€".repeat(100_000)));
  writer.close();
  const total = readdirSync(directory.path).reduce((sum, name) => sum + statSync(join(directory.path, name)).size, 0);
  expect(total).toBeLessThanOrEqual(600_000);
  const longest = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => Buffer.byteLength(line));
  expect(Math.max(...longest)).toBeLessThan(4_096);
  const [event] = await readJsonLines(path, { tail: 1 });
  expect(event).toMatchObject({ seq: 100, cut: true, turn: "t" });
});

test("a log whose folder is a link is nobody's: it could be another session's", async () => {
  await using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "other"));
  const path = join(directory.path, "other", "events.jsonl");
  writeFileSync(path, `${JSON.stringify({ v: 1, seq: 1, at: new Date().toISOString(), type: "agent.started" })}\n`);
  symlinkSync("other", join(directory.path, "log"));
  expect(await readJsonLines(path)).toHaveLength(1);
  expect(await readJsonLines(join(directory.path, "log", "events.jsonl"))).toEqual([]);
});

test("a full disk drops lines, counts them, and the log goes on when there is room", async () => {
  if (!requireTool("mount")) return;
  await using disk = await smallDisk({ bytes: 64 * 1024 });
  const path = join(disk.path, "events.jsonl");
  const writer = await openJsonLines(path);
  writer.append(text("before"));
  writeFileSync(join(disk.path, "filler"), Buffer.alloc(56 * 1024));
  for (let number = 0; number < 20; number += 1) writer.append(text("x".repeat(1_000)));
  expect(writer.dropped).toBeGreaterThan(0);
  truncateSync(join(disk.path, "filler"), 0);
  const { seq } = writer.append(text("after"));
  writer.close();
  const events = await readJsonLines(path);
  expect(events.at(-1)).toMatchObject({ seq, text: "after" });
  expect(events.length).toBe(22 - writer.dropped);
});

test("a follower gets every event once and in order, over rotations and from where it left off", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const stop = new AbortController();
  const followed: number[] = [];
  const late: number[] = [];
  const follow = async (into: number[], afterSeq?: number) => {
    const from = afterSeq === undefined ? {} : { afterSeq };
    for await (const event of followJsonLines(path, { ...from, signal: stop.signal, pollMs: 20 })) into.push(event.seq);
  };
  // It may begin before there is a log.
  const following = [follow(followed)];
  const writer = await openJsonLines(path, { maxBytes: 2_000, keep: 5 });
  for (let number = 1; number <= 300; number += 1) {
    writer.append(text("x".repeat(50)));
    if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (number === 290) following.push(follow(late, 285));
  }
  // A line that is only half there is not an event yet.
  appendFileSync(path, '{"v":1,"seq":301,"at":"2026-01-01T00:00:00.000Z",');
  await until(() => followed.length === 300 && late.at(-1) === 300);
  appendFileSync(path, '"type":"whole.now"}\n');
  await until(() => followed.length === 301 && late.at(-1) === 301);
  stop.abort();
  await Promise.all(following);
  writer.close();
  expect(followed).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
  expect(late[0]).toBe(286);
  expect(existsSync(`${path}.5`)).toBe(true);
});

test("a log that rotates while it is read is read once and in order", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const writer = await openJsonLines(path, { maxBytes: 500_000, keep: 3 });
  const written = [];
  // More lines than are read without a pause, and the next one begins a new file.
  while (!existsSync(`${path}.1`)) written.push(writer.append(text("x".repeat(80))).seq);
  while (statSync(path).size < 499_800) written.push(writer.append(text("x".repeat(80))).seq);
  const stop = new AbortController();
  const followed: number[] = [];
  const follow = async () => {
    for await (const event of followJsonLines(path, { signal: stop.signal, pollMs: 20 })) followed.push(event.seq);
  };
  const read = readJsonLines(path);
  const newest = readJsonLines(path, { tail: 4_000 });
  const following = follow();
  const { seq } = writer.append(text("y".repeat(400)));
  expect(existsSync(`${path}.2`)).toBe(true);
  expect(numbers(await read)).toEqual(written);
  expect(numbers(await newest)).toEqual(written.slice(-4_000));
  await until(() => followed.at(-1) === seq);
  expect(followed).toEqual([...written, seq]);
  stop.abort();
  await following;
  writer.close();
});

test("no older file is given up for a new one that cannot be made", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const limits = { maxBytes: 1_000, keep: 2 };
  const writer = await openJsonLines(path, limits);
  for (let number = 1; number <= 30; number += 1) writer.append(text("x".repeat(30)));
  const kept = (await readJsonLines(path)).length;
  // As with a descriptor too few: every new file is refused.
  mkdirSync(`${path}.new`);
  for (let number = 1; number <= 100; number += 1) writer.append(text("y".repeat(30)));
  expect(writer.dropped).toBeGreaterThan(0);
  const during = await readJsonLines(path);
  expect(during.length).toBe(kept + 100 - writer.dropped);
  expect(statSync(path).size).toBeLessThanOrEqual(2_000);
  rmdirSync(`${path}.new`);
  const { seq } = writer.append(text("after"));
  expect(seq).toBe(131);
  expect((await readJsonLines(path)).at(-1)).toMatchObject({ seq, text: "after" });
  writer.close();
  const next = await openJsonLines(path, limits);
  expect(next.append(text("next")).seq).toBe(132);
  next.close();
});

test("a log that was removed or replaced while it was written moves no older file", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "events.jsonl");
  const writer = await openJsonLines(path, { maxBytes: 1_000, keep: 2 });
  for (let number = 1; number <= 30; number += 1) writer.append(text("x".repeat(30)));
  const older = readFileSync(`${path}.1`, "utf8");
  rmSync(path);
  writeFileSync(path, "not a line");
  for (let number = 1; number <= 8; number += 1) writer.append(text("y".repeat(30)));
  expect(readFileSync(`${path}.1`, "utf8")).toBe(older);
  expect((await readJsonLines(path)).at(-1)).toMatchObject({ seq: 38 });
  writer.close();
});
