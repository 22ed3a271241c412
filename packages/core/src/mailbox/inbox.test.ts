import { closeSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newMessageId } from "../ids.ts";
import { type Box, boxPaths } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { fakeClock, temporaryDirectory } from "../testing/index.ts";
import { openInbox } from "./inbox.ts";
import { publishMessage } from "./publish.ts";

function setUp(directory: string) {
  const box = boxPaths(join(directory, "inbox"));
  mkdirSync(box.path);
  const clock = fakeClock(Date.now());
  const rejected: [string, string][] = [];
  const ignored: string[] = [];
  const open = () =>
    openInbox(box, {
      clock,
      onRejected: (id, reason) => rejected.push([id, reason]),
      onIgnored: (names) => ignored.push(...names),
    });
  const drop = (name: string, content: string | Uint8Array) => writeFileSync(join(box.path, name), content);
  return { box, clock, rejected, ignored, open, drop, inbox: open() };
}

const envelope = (text: string, kind = "prompt") => JSON.stringify({ v: 1, kind, body: { text } });
const texts = (ready: { message: { body: object } }[]) => ready.map(({ message }) => (message.body as { text?: string }).text);
const plain = (directory: string) => readdirSync(directory).filter((name) => !name.startsWith(".")).toSorted();
const reasonOf = (box: Box, name: string) => readFileSync(join(box.bad, `${name}.reason.txt`), "utf8");

test("a whole envelope is ready at the first scan, a plain text after standing still for two seconds", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUp(directory.path);
  drop("e.msg", envelope("envelope"));
  drop("t.msg", "plain text\n");
  expect(texts(await inbox.scan())).toEqual(["envelope"]);
  await clock.advance(1_999);
  expect(texts(await inbox.scan())).toEqual(["envelope"]);
  await clock.advance(1);
  expect(texts(await inbox.scan())).toEqual(["envelope", "plain text\n"]);
});

test("a jump of the wall clock makes no text whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUp(directory.path);
  drop("t.msg", "text");
  await inbox.scan();
  clock.jump(86_400_000);
  expect(await inbox.scan()).toEqual([]);
  clock.jump(-172_800_000);
  await clock.advance(2_000);
  expect(texts(await inbox.scan())).toEqual(["text"]);
});

test("a text that still grows, or that somebody has open for writing, waits; no beginning of it is delivered", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUp(directory.path);
  const writer = openSync(join(box.path, "slow.msg"), "w");
  for (const part of ["one ", "two ", "three"]) {
    writeSync(writer, part);
    await inbox.scan();
    await clock.advance(1_500);
    expect(await inbox.scan()).toEqual([]);
  }
  await clock.advance(120_000);
  expect(await inbox.scan()).toEqual([]);
  closeSync(writer);
  expect(texts(await inbox.scan())).toEqual(["one two three"]);
});

test("an open reader does not hold a text back", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop } = setUp(directory.path);
  drop("t.msg", "text");
  const reader = openSync(join(box.path, "t.msg"), "r");
  await inbox.scan();
  await clock.advance(2_000);
  expect(texts(await inbox.scan())).toEqual(["text"]);
  closeSync(reader);
});

test("empty files and halves of envelopes wait a minute, then go to .bad with a reason", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop, rejected } = setUp(directory.path);
  const half = envelope("half").slice(0, -5);
  drop("empty.msg", "");
  drop("half.msg", half);
  for (let second = 0; second < 60; second += 5) {
    expect(await inbox.scan()).toEqual([]);
    await clock.advance(5_000);
  }
  expect(rejected).toEqual([]);
  expect(await inbox.scan()).toEqual([]);
  expect(rejected.map(([id]) => id).toSorted()).toEqual(["empty", "half"]);
  expect(reasonOf(box, "half.msg")).toMatch(/^incomplete: /);
  expect(readFileSync(join(box.bad, "half.msg"), "utf8")).toBe(half);
  expect(plain(box.path)).toEqual([]);
});

test("an envelope in pieces is ready the moment it is whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUp(directory.path);
  const whole = envelope("in pieces");
  const writer = openSync(join(box.path, "pieces.msg"), "w");
  for (const character of whole) {
    expect(await inbox.scan()).toEqual([]);
    await clock.advance(3_000);
    writeSync(writer, character);
  }
  expect(texts(await inbox.scan())).toEqual(["in pieces"]);
  closeSync(writer);
});

test("what can never be a message goes to .bad unopened, with its reason", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, rejected } = setUp(directory.path);
  const at = (name: string) => join(box.path, name);
  writeFileSync(join(directory.path, "token"), "secret");
  execFileSync("mkfifo", [1, 2, 3, 4, 5].map((number) => at(`fifo-${number}.msg`)));
  symlinkSync(join(directory.path, "token"), at("symlink.msg"));
  symlinkSync("/dev/zero", at("device.msg"));
  symlinkSync("nowhere", at("dangling.msg"));
  linkSync(join(directory.path, "token"), at("hardlink.msg"));
  mkdirSync(at("directory.msg"));
  drop("large.msg", Buffer.alloc(MESSAGE_LIMIT + 1));
  drop("future.msg", '{"v":2,"kind":"prompt","body":{"text":"x"}}');
  drop("good.msg", envelope("good"));
  expect(texts(await inbox.scan())).toEqual(["good"]);
  const reasons = Object.fromEntries(rejected.map(([id, reason]) => [id, reason.split(":")[0]]));
  expect(reasons).toEqual({
    "fifo-1": "not-regular",
    "fifo-2": "not-regular",
    "fifo-3": "not-regular",
    "fifo-4": "not-regular",
    "fifo-5": "not-regular",
    symlink: "not-regular",
    device: "not-regular",
    dangling: "not-regular",
    hardlink: "hard-link",
    directory: "not-regular",
    large: "too-large",
    future: "from-the-future",
  });
  expect(plain(box.path)).toEqual(["good.msg"]);
  expect(readFileSync(join(directory.path, "token"), "utf8")).toBe("secret");
  expect(reasonOf(box, "symlink.msg")).toContain("not-regular");
});

test("a name in .bad is never overwritten", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUp(directory.path);
  for (const text of ["one", "two", "three"]) {
    drop("m.msg", `{"v":9,"kind":"${text}"}`);
    await inbox.scan();
  }
  expect(plain(box.bad).filter((name) => name.endsWith(".msg"))).toEqual(["m.2.msg", "m.3.msg", "m.msg"]);
});

test("files with other names are left alone and told once", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, ignored } = setUp(directory.path);
  const odd = ["notes.txt", "..msg", "a b.msg", "-rf", "x.MSG", `${"y".repeat(65)}.msg`, "new\nline.msg"];
  for (const name of odd) drop(name, envelope("x"));
  const bytes = Buffer.concat([Buffer.from(`${box.path}/`), Buffer.from([0xff, 0xfe]), Buffer.from(".msg")]);
  writeFileSync(bytes, envelope("x"));
  drop(".hidden.msg", envelope("x"));
  for (let scan = 0; scan < 3; scan += 1) expect(await inbox.scan()).toEqual([]);
  expect(ignored.toSorted()).toEqual([...odd.filter((name) => !name.startsWith(".")), "\ufffd\ufffd.msg"].toSorted());
});

test("our own ids come in the order in which they were made, foreign names in the order of first sight", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop } = setUp(directory.path);
  const ids = Array.from({ length: 20 }, () => newMessageId());
  for (const id of ids.toReversed()) await publishMessage(box, { id, bytes: Buffer.from(envelope(id)) });
  expect(texts(await inbox.scan())).toEqual(ids);
  await clock.advance(10_000);
  drop("z-first.msg", envelope("z"));
  await inbox.scan();
  await clock.advance(10_000);
  drop("a-second.msg", envelope("a"));
  expect(texts(await inbox.scan())).toEqual([...ids, "z", "a"]);
});

test("the first id given comes before everything else", async () => {
  await using directory = temporaryDirectory();
  const { box, drop } = setUp(directory.path);
  await publishMessage(box, { id: newMessageId(), bytes: Buffer.from(envelope("sent early")) });
  drop("goal-id.msg", envelope("the goal"));
  expect(texts(await openInbox(box, { firstId: "goal-id" }).scan())).toEqual(["the goal", "sent early"]);
});

test("a file replaced before it is claimed is delivered in its last whole version, once", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUp(directory.path);
  drop("m.msg", envelope("first"));
  const [seen] = await inbox.scan();
  drop("m.msg", envelope("second"));
  const claimed = await inbox.claim(seen!);
  expect(claimed?.message.body).toEqual({ text: "second" });
  expect(plain(box.path)).toEqual([]);
  expect(plain(box.claimed)).toEqual(["m.a1.msg"]);
});

test("a file that is being rewritten at the claim goes back and is taken when it is whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUp(directory.path);
  drop("m.msg", envelope("first"));
  const [seen] = await inbox.scan();
  const writer = openSync(join(box.path, "m.msg"), "w");
  writeSync(writer, '{"v":1,"kind":');
  expect(await inbox.claim(seen!)).toBeNull();
  expect(plain(box.path)).toEqual(["m.msg"]);
  expect(await inbox.scan()).toEqual([]);
  writeSync(writer, '"prompt","body":{"text":"second"}}');
  closeSync(writer);
  const [whole] = await inbox.scan();
  expect((await inbox.claim(whole!))?.message.body).toEqual({ text: "second" });
});

test("a message that vanished cannot be claimed", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUp(directory.path);
  drop("m.msg", envelope("x"));
  const [seen] = await inbox.scan();
  execFileSync("rm", [join(box.path, "m.msg")]);
  expect(await inbox.claim(seen!)).toBeNull();
});

test("an id that is claimed or done: the same bytes are dropped, other bytes go to .bad", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, rejected } = setUp(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  const claimed = (await inbox.claim(ready!))!;
  for (const moment of ["claimed", "done"]) {
    drop("m.msg", envelope("x"));
    expect(await inbox.scan()).toEqual([]);
    expect([moment, plain(box.path), rejected]).toEqual([moment, [], []]);
    if (moment === "claimed") await inbox.settle(await inbox.start(claimed));
  }
  drop("m.msg", envelope("y"));
  expect(await inbox.scan()).toEqual([]);
  expect(rejected).toEqual([["m", expect.stringContaining("id-conflict:") as string]]);
  expect(readFileSync(join(box.done, "m.msg"), "utf8")).toBe(envelope("x"));
});

test("bytes that arrive after the claim become a prompt of their own", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUp(directory.path);
  const path = join(box.path, "late.msg");
  writeFileSync(path, "first half");
  await inbox.scan();
  await clock.advance(2_000);
  const [ready] = await inbox.scan();
  // A writer that the system cannot show: it opened the file under this name and writes on after the claim.
  const writer = openSync(path, "a");
  const claimed = await inbox.start((await inbox.claim(ready!))!);
  writeSync(writer, ", second half");
  closeSync(writer);
  expect(await inbox.settle(claimed)).toEqual({ amendment: ", second half" });
  const [amendment] = await inbox.scan();
  expect(amendment?.message).toMatchObject({ kind: "prompt", replyTo: "late", body: { text: ", second half" } });
  expect(readFileSync(join(box.done, "late.msg"), "utf8")).toBe("first half, second half");
});

test("a newline after an envelope amends nothing", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUp(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  const claimed = await inbox.start((await inbox.claim(ready!))!);
  writeFileSync(claimed.path, `${envelope("x")}\n`);
  expect(await inbox.settle(claimed)).toEqual({});
  expect(plain(box.path)).toEqual([]);
  expect(await inbox.settle(claimed)).toEqual({});
});

test("the name of a claimed file tells the next process all that happened to it", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, open } = setUp(directory.path);
  for (const id of ["a-waits", "b-claimed", "c-started", "d-done"]) drop(`${id}.msg`, envelope(id));
  const ready = await inbox.scan();
  const claim = async (id: string) => (await inbox.claim(ready.find((message) => message.id === id)!))!;
  await claim("b-claimed");
  await inbox.start(await claim("c-started"));
  await inbox.settle(await inbox.start(await claim("d-done")));
  writeFileSync(join(box.claimed, "not-ours"), "");
  const next = open();
  const found = await next.recover();
  expect(found.map(({ id, attempt, started }) => ({ id, attempt, started }))).toEqual([
    { id: "c-started", attempt: 1, started: true },
    { id: "b-claimed", attempt: 1, started: false },
  ]);
  expect((await next.scan()).map((message) => message.id)).toEqual(["a-waits"]);
});

test("a message that ends no attempt lands in .bad after the third, counted on the disk", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, open, rejected } = setUp(directory.path);
  drop("poison.msg", envelope("poison"));
  const [ready] = await inbox.scan();
  await inbox.start((await inbox.claim(ready!))!);
  for (const attempt of [2, 3]) {
    // Each attempt kills the process; the next one knows only the file's name.
    const next = open();
    const [claimed] = await next.recover();
    const again = await next.retry(claimed!);
    expect(again.attempt).toBe(attempt);
    expect(plain(box.claimed)).toEqual([`poison.a${attempt}.msg`]);
    await next.start(again);
  }
  const last = open();
  const [claimed] = await last.recover();
  await expect(last.retry(claimed!)).rejects.toMatchObject({ code: "attempts-exhausted" });
  expect(rejected).toEqual([["poison", expect.stringContaining("poison:") as string]]);
  expect(plain(box.bad)).toEqual(["poison.msg", "poison.msg.reason.txt"]);
  expect(await open().recover()).toEqual([]);
});

test("a claimed file that cannot be read does not stop the recovery of the others", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, open, rejected } = setUp(directory.path);
  await inbox.recover();
  writeFileSync(join(box.claimed, "good.a1.msg"), "good");
  writeFileSync(join(box.claimed, "empty.a1.started.msg"), "");
  mkdirSync(join(box.claimed, "directory.a1.msg"));
  writeFileSync(join(box.claimed, "large.a1.msg"), Buffer.alloc(MESSAGE_LIMIT + 1));
  expect(texts(await open().recover())).toEqual(["good"]);
  expect(rejected.map(([id]) => id).toSorted()).toEqual(["directory", "empty", "large"]);
});

test("pruning takes what was settled long ago and the litter of dead publishers", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop } = setUp(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  await inbox.settle((await inbox.claim(ready!))!);
  writeFileSync(join(box.tmp, "dead.0123456789ab"), "half");
  const day = 86_400_000;
  clock.jump(-400 * day);
  expect(await inbox.prune(30 * day)).toBe(0);
  clock.jump(401 * day);
  expect(await inbox.prune(30 * day)).toBe(0);
  await clock.advance(2 * day);
  expect(await inbox.prune(30 * day)).toBe(1);
  expect(plain(box.tmp)).toEqual([]);
  await clock.advance(30 * day);
  expect(await inbox.prune(30 * day)).toBe(1);
  expect(plain(box.done)).toEqual([]);
});

test("an inbox that was removed is made again, a session that was removed is not", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box } = setUp(directory.path);
  execFileSync("rm", ["-r", box.path]);
  expect(await inbox.scan()).toEqual([]);
  execFileSync("rm", ["-r", directory.path]);
  await expect(inbox.scan()).rejects.toMatchObject({ code: "session-not-found" });
});
