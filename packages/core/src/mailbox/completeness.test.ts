import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envelope, plainNames, reasonOf, setUpInbox, textsOf } from "../../test/inbox-fixture.ts";
import { temporaryDirectory } from "../testing/index.ts";

test("a whole envelope is ready at the first scan, a plain text after standing still for two seconds", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUpInbox(directory.path);
  drop("e.msg", envelope("envelope"));
  drop("t.msg", "plain text\n");
  expect(textsOf(await inbox.scan())).toEqual(["envelope"]);
  await clock.advance(1_999);
  expect(textsOf(await inbox.scan())).toEqual(["envelope"]);
  await clock.advance(1);
  expect(textsOf(await inbox.scan())).toEqual(["envelope", "plain text\n"]);
});

test("a jump of the wall clock makes no text whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUpInbox(directory.path);
  drop("t.msg", "text");
  await inbox.scan();
  clock.jump(86_400_000);
  expect(await inbox.scan()).toEqual([]);
  clock.jump(-172_800_000);
  await clock.advance(2_000);
  expect(textsOf(await inbox.scan())).toEqual(["text"]);
});

test("a text that still grows, or that somebody has open for writing, waits; no beginning of it is delivered", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUpInbox(directory.path);
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
  expect(textsOf(await inbox.scan())).toEqual(["one two three"]);
});

test("an open reader does not hold a text back", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop } = setUpInbox(directory.path);
  drop("t.msg", "text");
  const reader = openSync(join(box.path, "t.msg"), "r");
  await inbox.scan();
  await clock.advance(2_000);
  expect(textsOf(await inbox.scan())).toEqual(["text"]);
  closeSync(reader);
});

test("empty files and halves of envelopes wait a minute, then go to .bad with a reason", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box, drop, rejected } = setUpInbox(directory.path);
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
  expect(plainNames(box.path)).toEqual([]);
});

test("an envelope in pieces is ready the moment it is whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUpInbox(directory.path);
  const whole = envelope("in pieces");
  const writer = openSync(join(box.path, "pieces.msg"), "w");
  for (const character of whole) {
    expect(await inbox.scan()).toEqual([]);
    await clock.advance(3_000);
    writeSync(writer, character);
  }
  expect(textsOf(await inbox.scan())).toEqual(["in pieces"]);
  closeSync(writer);
});
