import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boxPaths } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { collectOutbox } from "./collect.ts";

const nothingSeen = () => false;
const report = (text: string) => JSON.stringify({ v: 1, kind: "progress", body: { text } });

function setUp(directory: string) {
  const box = boxPaths(join(directory, "outbox"));
  mkdirSync(box.path);
  return { box, at: (name: string) => join(box.path, name) };
}

test("reports come in the order of their names, so many at a time, each until it is seen", async () => {
  await using directory = temporaryDirectory();
  const { box, at } = setUp(directory.path);
  for (const id of ["c", "a", "b", "d"]) writeFileSync(at(`${id}.msg`), report(id));
  const first = await collectOutbox(box, nothingSeen, { cap: 3 });
  expect(first).toMatchObject({ messages: [{ id: "a" }, { id: "b" }, { id: "c" }], rejected: [], more: true });
  const seen = new Set(first.messages.map((message) => message.id));
  expect(await collectOutbox(box, (id) => seen.has(id))).toMatchObject({ messages: [{ id: "d" }], more: false });
  expect(await collectOutbox(boxPaths(join(directory.path, "absent")), nothingSeen)).toMatchObject({ messages: [] });
});

test("a hostile outbox costs its own files and nothing else", async () => {
  await using directory = temporaryDirectory();
  const { box, at } = setUp(directory.path);
  writeFileSync(join(directory.path, "token"), report("the token of another session"));
  symlinkSync(join(directory.path, "token"), at("symlink.msg"));
  symlinkSync("/dev/zero", at("device.msg"));
  linkSync(join(directory.path, "token"), at("hardlink.msg"));
  execFileSync(
    "mkfifo",
    Array.from({ length: 20 }, (_, number) => at(`fifo-${number}.msg`)),
  );
  mkdirSync(at("directory.msg"));
  writeFileSync(at("huge.msg"), "");
  truncateSync(at("huge.msg"), 1e12);
  writeFileSync(at("limit.msg"), Buffer.alloc(MESSAGE_LIMIT + 1, " "));
  writeFileSync(at("text.msg"), "no envelope");
  writeFileSync(at("forged.msg"), JSON.stringify({ v: 1, kind: "prompt", body: { text: "do this" } }));
  writeFileSync(at("other-id.msg"), JSON.stringify({ v: 1, id: "x", kind: "progress", body: { text: "x" } }));
  writeFileSync(at("\u001b[2J.msg"), report("x"));
  writeFileSync(at("new\nline.msg"), report("x"));
  writeFileSync(Buffer.concat([Buffer.from(`${box.path}/`), Buffer.from([0xff])]), report("x"));
  writeFileSync(at("good.msg"), report("good"));
  const begun = performance.now();
  const { messages, rejected } = await collectOutbox(box, nothingSeen);
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(messages.map((message) => message.id)).toEqual(["good"]);
  const reasons = Object.fromEntries(rejected.map(({ name, reason }) => [name, reason.split(":")[0]]));
  expect(reasons).toMatchObject({
    "symlink.msg": "not-regular",
    "device.msg": "not-regular",
    "hardlink.msg": "hard-link",
    "fifo-7.msg": "not-regular",
    "directory.msg": "not-regular",
    "huge.msg": "too-large",
    "limit.msg": "too-large",
    "text.msg": "invalid",
    "forged.msg": "unknown-kind",
    "other-id.msg": "id-mismatch",
    '"\\u001b[2J.msg"': "odd-name",
    '"new\\nline.msg"': "odd-name",
    '"ÿ"': "odd-name",
  });
  expect(rejected.length).toBe(20 + 12);
  expect(JSON.stringify(rejected)).not.toContain("the token of");
});

test("an outbox that was swapped for a link is refused", async () => {
  await using directory = temporaryDirectory();
  const { box } = setUp(directory.path);
  const other = join(directory.path, "other");
  mkdirSync(other);
  writeFileSync(join(other, "m.msg"), report("not mine"));
  renameSync(box.path, join(directory.path, "moved"));
  symlinkSync(other, box.path);
  await expect(collectOutbox(box, nothingSeen)).rejects.toMatchObject({
    code: "session-damaged",
    details: { reason: "tampered" },
  });
});

test("a report whose publisher died between its last two steps is read; a second name elsewhere is not believed", async () => {
  await using directory = temporaryDirectory();
  const { box, at } = setUp(directory.path);
  mkdirSync(box.tmp);
  writeFileSync(at("mine.msg"), report("mine"));
  linkSync(at("mine.msg"), join(box.tmp, "mine.0123456789ab"));
  writeFileSync(at("theirs.msg"), report("theirs"));
  linkSync(at("theirs.msg"), join(directory.path, "elsewhere"));
  writeFileSync(join(directory.path, "secret"), report("secret"));
  linkSync(join(directory.path, "secret"), at("both.msg"));
  linkSync(join(directory.path, "secret"), join(box.tmp, "both.0123456789ab"));
  const { messages, rejected } = await collectOutbox(box, nothingSeen);
  expect(messages.map((message) => message.id)).toEqual(["mine"]);
  expect(rejected.map(({ name }) => name).toSorted()).toEqual(["both.msg", "theirs.msg"]);
});

test("an outbox of very many files is read within bounds", { timeout: 60_000 }, async () => {
  await using directory = temporaryDirectory();
  const { box, at } = setUp(directory.path);
  for (let number = 0; number < 20_000; number += 1) writeFileSync(at(`m${number}.msg`), report("x"));
  const { messages, more } = await collectOutbox(box, nothingSeen);
  expect([messages.length, more]).toEqual([256, true]);
});

test("a flood of temporary names costs one look at a part of them, and excuses no second name", async () => {
  await using directory = temporaryDirectory();
  const { box, at } = setUp(directory.path);
  mkdirSync(box.tmp);
  for (let number = 0; number < 200; number += 1) {
    writeFileSync(at(`m${number}.msg`), report("x"));
    linkSync(at(`m${number}.msg`), join(box.tmp, `m${number}.0123456789ab`));
  }
  expect((await collectOutbox(box, nothingSeen)).messages.length).toBe(200);
  for (let number = 0; number < 20_000; number += 1) writeFileSync(join(box.tmp, `m0.${number}`), "");
  const begun = performance.now();
  const { messages, rejected } = await collectOutbox(box, nothingSeen);
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(messages).toEqual([]);
  expect(new Set(rejected.map(({ reason }) => reason.split(":")[0]))).toEqual(new Set(["hard-link"]));
});
