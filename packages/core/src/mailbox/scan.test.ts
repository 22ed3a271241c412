import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envelope, plainNames, reasonOf, setUpInbox, textsOf } from "../../test/inbox-fixture.ts";
import { unprivileged } from "../../test/unprivileged.ts";
import { newMessageId } from "../ids.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { openInbox } from "./inbox.ts";
import { publishMessage } from "./publish.ts";

test("what can never be a message goes to .bad unopened, with its reason", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, rejected } = setUpInbox(directory.path);
  const at = (name: string) => join(box.path, name);
  writeFileSync(join(directory.path, "token"), "secret");
  execFileSync(
    "mkfifo",
    [1, 2, 3, 4, 5].map((number) => at(`fifo-${number}.msg`)),
  );
  symlinkSync(join(directory.path, "token"), at("symlink.msg"));
  symlinkSync("/dev/zero", at("device.msg"));
  symlinkSync("nowhere", at("dangling.msg"));
  linkSync(join(directory.path, "token"), at("hardlink.msg"));
  mkdirSync(at("directory.msg"));
  drop("large.msg", Buffer.alloc(MESSAGE_LIMIT + 1));
  drop("future.msg", '{"v":2,"kind":"prompt","body":{"text":"x"}}');
  drop("good.msg", envelope("good"));
  expect(textsOf(await inbox.scan())).toEqual(["good"]);
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
  expect(plainNames(box.path)).toEqual(["good.msg"]);
  expect(readFileSync(join(directory.path, "token"), "utf8")).toBe("secret");
  expect(reasonOf(box, "symlink.msg")).toContain("not-regular");
});

test("a name in .bad is never overwritten", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  for (const text of ["one", "two", "three"]) {
    drop("m.msg", `{"v":9,"kind":"${text}"}`);
    await inbox.scan();
  }
  expect(plainNames(box.bad).filter((name) => name.endsWith(".msg"))).toEqual(["m.2.msg", "m.3.msg", "m.msg"]);
});

test("files with other names are left alone and told once", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, ignored } = setUpInbox(directory.path);
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
  const { inbox, clock, box, drop } = setUpInbox(directory.path);
  const ids = Array.from({ length: 20 }, () => newMessageId());
  for (const id of ids.toReversed()) await publishMessage(box, { id, bytes: Buffer.from(envelope(id)) });
  expect(textsOf(await inbox.scan())).toEqual(ids);
  await clock.advance(10_000);
  drop("z-first.msg", envelope("z"));
  await inbox.scan();
  await clock.advance(10_000);
  drop("a-second.msg", envelope("a"));
  expect(textsOf(await inbox.scan())).toEqual([...ids, "z", "a"]);
});

test("foreign names keep their order when the clock is set back", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUpInbox(directory.path);
  drop("c.msg", envelope("c"));
  await inbox.scan();
  clock.jump(-3_600_000);
  for (const id of ["b", "a"]) {
    await clock.advance(2_000);
    drop(`${id}.msg`, envelope(id));
    await inbox.scan();
  }
  expect(textsOf(await inbox.scan())).toEqual(["c", "b", "a"]);
});

test("the first id given comes before everything else", async () => {
  await using directory = temporaryDirectory();
  const { box, drop } = setUpInbox(directory.path);
  await publishMessage(box, { id: newMessageId(), bytes: Buffer.from(envelope("sent early")) });
  drop("goal-id.msg", envelope("the goal"));
  expect(textsOf(await openInbox(box, { firstId: "goal-id" }).scan())).toEqual(["the goal", "sent early"]);
});

test("an inbox that was removed is made again, a session that was removed is not", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box } = setUpInbox(directory.path);
  execFileSync("rm", ["-r", box.path]);
  expect(await inbox.scan()).toEqual([]);
  execFileSync("rm", ["-r", directory.path]);
  await expect(inbox.scan()).rejects.toMatchObject({ code: "session-not-found" });
});

test("a file that cannot be read, or not even moved, is its own matter and holds up nobody", async () => {
  await using directory = temporaryDirectory();
  await unprivileged(directory.path, async () => {
    const { inbox, clock, box, drop, rejected } = setUpInbox(directory.path);
    drop("secret.msg", envelope("not for you"));
    chmodSync(join(box.path, "secret.msg"), 0);
    // Moving a directory elsewhere needs the right to write to the directory itself.
    mkdirSync(join(box.path, "stuck.msg"));
    chmodSync(join(box.path, "stuck.msg"), 0o555);
    drop("good.msg", envelope("good"));
    for (let scan = 0; scan < 40; scan += 1) {
      expect(textsOf(await inbox.scan())).toEqual(["good"]);
      await clock.advance(2_000);
    }
    expect(rejected.toSorted(([one], [other]) => one.localeCompare(other))).toEqual([
      ["secret", "unreadable: EACCES"],
      ["stuck", "not-regular: only a plain file is a message; it stays where it is: EACCES"],
    ]);
    expect(plainNames(box.bad)).toEqual(["secret.msg", "secret.msg.reason.txt"]);
    chmodSync(join(box.path, "stuck.msg"), 0o755);
    for (let scan = 0; scan < 40; scan += 1) await inbox.scan();
    expect(plainNames(box.path)).toEqual(["good.msg"]);
  });
});

test.each([-1e14, -62_135_596_800_001, 8e14])("a file whose time is out of every range (%d) is read", async (time) => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop, rejected } = setUpInbox(directory.path);
  drop("m.msg", envelope("m"));
  drop("text.msg", "plain");
  for (const name of ["m.msg", "text.msg"]) utimesSync(join(box.path, name), time, time);
  expect(textsOf(await inbox.scan())).toEqual(["m"]);
  await clock.advance(3_000);
  const found = await inbox.scan();
  expect(textsOf(found).map(String).toSorted()).toEqual(["m", "plain"]);
  for (const { message } of found) expect(Date.parse(message.createdAt)).toBeLessThanOrEqual(clock.now());
  expect(rejected).toEqual([]);
});
