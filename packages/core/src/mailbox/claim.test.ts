import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envelope, plainNames, setUpInbox, textsOf } from "../../test/inbox-fixture.ts";
import { temporaryDirectory } from "../testing/index.ts";

test("a file replaced before it is claimed is delivered in its last whole version, once", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  drop("m.msg", envelope("first"));
  const [seen] = await inbox.scan();
  drop("m.msg", envelope("second"));
  const claimed = await inbox.claim(seen!);
  expect(claimed?.message.body).toEqual({ text: "second" });
  expect(plainNames(box.path)).toEqual([]);
  expect(plainNames(box.claimed)).toEqual(["m.a1.msg"]);
});

test("a file that is being rewritten at the claim goes back and is taken when it is whole", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  drop("m.msg", envelope("first"));
  const [seen] = await inbox.scan();
  const writer = openSync(join(box.path, "m.msg"), "w");
  writeSync(writer, '{"v":1,"kind":');
  expect(await inbox.claim(seen!)).toBeNull();
  expect(plainNames(box.path)).toEqual(["m.msg"]);
  expect(await inbox.scan()).toEqual([]);
  writeSync(writer, '"prompt","body":{"text":"second"}}');
  closeSync(writer);
  const [whole] = await inbox.scan();
  expect((await inbox.claim(whole!))?.message.body).toEqual({ text: "second" });
});

test("a message that vanished cannot be claimed", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  drop("m.msg", envelope("x"));
  const [seen] = await inbox.scan();
  execFileSync("rm", [join(box.path, "m.msg")]);
  expect(await inbox.claim(seen!)).toBeNull();
});

test("an id that is claimed or done: the same bytes are dropped, other bytes go to .bad", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop, rejected } = setUpInbox(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  const claimed = (await inbox.claim(ready!))!;
  for (const moment of ["claimed", "done"]) {
    drop("m.msg", envelope("x"));
    expect(await inbox.scan()).toEqual([]);
    expect([moment, plainNames(box.path), rejected]).toEqual([moment, [], []]);
    if (moment === "claimed") await inbox.settle(await inbox.start(claimed));
  }
  drop("m.msg", envelope("y"));
  expect(await inbox.scan()).toEqual([]);
  expect(rejected).toEqual([["m", expect.stringContaining("id-conflict:") as string]]);
  expect(readFileSync(join(box.done, "m.msg"), "utf8")).toBe(envelope("x"));
});

test("bytes that arrive after the claim become a prompt of their own", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, box } = setUpInbox(directory.path);
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

test("late bytes that an envelope would make too large become a prompt all the same", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUpInbox(directory.path);
  drop("late.msg", "first half");
  await inbox.scan();
  await clock.advance(2_000);
  const [ready] = await inbox.scan();
  const claimed = await inbox.start((await inbox.claim(ready!))!);
  // Each takes two bytes in JSON.
  const late = '"'.repeat(600 * 1024);
  appendFileSync(claimed.path, late);
  await inbox.settle(claimed);
  await inbox.scan();
  await clock.advance(2_000);
  expect(textsOf(await inbox.scan())).toEqual([late]);
});

test("a newline after an envelope amends nothing", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  const claimed = await inbox.start((await inbox.claim(ready!))!);
  writeFileSync(claimed.path, `${envelope("x")}\n`);
  expect(await inbox.settle(claimed)).toEqual({});
  expect(plainNames(box.path)).toEqual([]);
  expect(await inbox.settle(claimed)).toEqual({});
});

test("a claim can begin the work with the same flush", async () => {
  await using directory = temporaryDirectory();
  const { inbox, box, drop } = setUpInbox(directory.path);
  drop("m.msg", envelope("x"));
  const [ready] = await inbox.scan();
  const claimed = await inbox.claim(ready!, { start: true });
  expect(claimed).toMatchObject({ attempt: 1, started: true });
  expect(plainNames(box.claimed)).toEqual(["m.a1.started.msg"]);
  await inbox.settle(claimed!);
  expect(plainNames(box.done)).toEqual(["m.msg"]);
});
