import { appendFileSync, chmodSync, mkdirSync, readdirSync, rmdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envelope, plainNames, setUpInbox, textsOf } from "../../test/inbox-fixture.ts";
import { unprivileged } from "../../test/unprivileged.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { temporaryDirectory } from "../testing/index.ts";

test("the name of a claimed file tells the next process all that happened to it", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, open } = setUpInbox(directory.path);
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
  const { inbox, box, drop, open, rejected } = setUpInbox(directory.path);
  drop("poison.msg", envelope("poison"));
  const [ready] = await inbox.scan();
  await inbox.start((await inbox.claim(ready!))!);
  for (const attempt of [2, 3]) {
    // Each attempt kills the process; the next one knows only the file's name.
    const next = open();
    const [claimed] = await next.recover();
    const again = await next.retry(claimed!);
    expect(again.attempt).toBe(attempt);
    expect(plainNames(box.claimed)).toEqual([`poison.a${attempt}.msg`]);
    await next.start(again);
  }
  const last = open();
  const [claimed] = await last.recover();
  await expect(last.retry(claimed!)).rejects.toMatchObject({ code: "attempts-exhausted" });
  expect(rejected).toEqual([["poison", expect.stringContaining("poison:") as string]]);
  expect(plainNames(box.bad)).toEqual(["poison.msg", "poison.msg.reason.txt"]);
  expect(await open().recover()).toEqual([]);
});

test("a claimed file that cannot be read does not stop the recovery of the others", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, open, rejected } = setUpInbox(directory.path);
  await inbox.recover();
  writeFileSync(join(box.claimed, "good.a1.msg"), "good");
  writeFileSync(join(box.claimed, "empty.a1.started.msg"), "");
  mkdirSync(join(box.claimed, "directory.a1.msg"));
  writeFileSync(join(box.claimed, "large.a1.msg"), Buffer.alloc(MESSAGE_LIMIT + 1));
  expect(textsOf(await open().recover())).toEqual(["good"]);
  expect(rejected.map(([id]) => id).toSorted()).toEqual(["directory", "empty", "large"]);
});

test("pruning takes what was settled long ago and the litter of dead publishers", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop } = setUpInbox(directory.path);
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
  expect(plainNames(box.tmp)).toEqual([]);
  await clock.advance(30 * day);
  expect(await inbox.prune(30 * day)).toBe(1);
  expect(plainNames(box.done)).toEqual([]);
});

test("a claimed file that may not be read, or not even moved, leaves the others to be recovered", async () => {
  await using directory = temporaryDirectory();
  await unprivileged(directory.path, async () => {
    const { inbox, box, open, rejected } = setUpInbox(directory.path);
    await inbox.recover();
    writeFileSync(join(box.claimed, "secret.a1.msg"), "secret", { mode: 0 });
    mkdirSync(join(box.claimed, "stuck.a1.msg"), { mode: 0o555 });
    writeFileSync(join(box.claimed, "late.a1.msg"), "late");
    utimesSync(join(box.claimed, "late.a1.msg"), 8e14, 8e14);
    expect(textsOf(await open().recover())).toEqual(["late"]);
    expect(rejected.toSorted(([one], [other]) => one.localeCompare(other))).toEqual([
      ["secret", "unreadable: EACCES"],
      ["stuck", expect.stringMatching(/^not-regular: .*; it stays where it is: EACCES$/) as string],
    ]);
    expect(plainNames(box.bad)).toEqual(["secret.msg", "secret.msg.reason.txt"]);
    chmodSync(join(box.claimed, "stuck.a1.msg"), 0o755);
  });
});

test.each([
  ["an envelope", envelope("first"), "\nand more"],
  ["plain text", "first", " and more"],
])("bytes that came after the claim outlive the process: %s", async (_, content, late) => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop, open } = setUpInbox(directory.path);
  drop("m.msg", content);
  await inbox.scan();
  await clock.advance(3_000);
  const [ready] = await inbox.scan();
  const { path } = (await inbox.claim(ready!, { start: true }))!;
  appendFileSync(path, late);
  // The process dies; the next one may have nothing left to do but settle.
  const next = open();
  const [claimed] = await next.recover();
  expect(claimed?.message.body).toEqual({ text: "first" });
  const { amendment } = await next.settle(claimed!);
  expect(amendment?.trim()).toBe("and more");
  expect(textsOf(await next.scan())).toEqual([amendment]);
  expect(readdirSync(box.claimed)).toEqual([]);
});

test("a note of what was read that was cut short or left behind harms nothing", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, open } = setUpInbox(directory.path);
  await inbox.recover();
  writeFileSync(join(box.claimed, "m.a1.msg"), "all of it");
  writeFileSync(join(box.claimed, ".m.read"), '{"dig');
  writeFileSync(join(box.claimed, ".gone.read"), "");
  expect(textsOf(await open().recover())).toEqual(["all of it"]);
  expect(readdirSync(box.claimed).toSorted()).toEqual([".m.read", "m.a1.msg"]);
});

test("a process that ended between late bytes' own prompt and the end of their message is gone on with", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop, open } = setUpInbox(directory.path);
  drop("m.msg", "first half");
  // Written long before it was taken, and written on after that.
  utimesSync(join(box.path, "m.msg"), 1_700_000_000, 1_700_000_000);
  await inbox.scan();
  await clock.advance(2_000);
  const [ready] = await inbox.scan();
  const claimed = await inbox.claim(ready!, { start: true });
  appendFileSync(claimed!.path, ", second half");
  // Nothing takes the place of a directory: here the process ends.
  mkdirSync(join(box.done, "m.msg"));
  await expect(inbox.settle(claimed!)).rejects.toMatchObject({ code: "EISDIR" });
  rmdirSync(join(box.done, "m.msg"));
  const next = open();
  const [left] = await next.recover();
  expect(textsOf([left!])).toEqual(["first half"]);
  expect(await next.settle(left!)).toEqual({ amendment: ", second half" });
  expect(textsOf(await next.scan())).toEqual([", second half"]);
  expect(plainNames(box.done)).toEqual(["m.msg"]);
});
