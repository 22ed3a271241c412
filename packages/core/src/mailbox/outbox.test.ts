import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unprivileged } from "../../test/unprivileged.ts";
import { systemClock } from "../clock.ts";
import { derivedMessageId } from "../ids.ts";
import { sessionPaths } from "../layout/session-directory.ts";
import type { Outbound } from "../schema/outbound.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { openInbox } from "./inbox.ts";
import { openOutbox, publishReport } from "./outbox.ts";
import { sendMessage } from "./send.ts";
import { waitForReply } from "./wait-for-reply.ts";

function reply(id: string, replyTo: string, text = "done"): Outbound {
  const createdAt = new Date().toISOString();
  return { v: 1, id, kind: "reply", replyTo, createdAt, body: { text, stopReason: "end_turn" } };
}

function setUp(directory: string) {
  const paths = sessionPaths(join(directory, "s1"));
  mkdirSync(paths.directory);
  return { paths, outbox: openOutbox(paths.outbox) };
}

test("a report is published once under its id, at whatever moment it was written", async () => {
  await using directory = temporaryDirectory();
  const { paths, outbox } = setUp(directory.path);
  const id = derivedMessageId("s1", "m1", 1);
  expect(outbox.has(id)).toBe(false);
  expect(await publishReport(paths.outbox, reply(id, "m1"))).toBe("published");
  const later = { ...reply(id, "m1"), createdAt: "2030-01-01T00:00:00.000Z" };
  expect(await publishReport(paths.outbox, later)).toBe("duplicate");
  await expect(publishReport(paths.outbox, reply(id, "m1", "other"))).rejects.toMatchObject({ code: "id-conflict" });
  expect(outbox.has(id)).toBe(true);
  expect(await outbox.list()).toEqual([id]);
  expect((await outbox.read(id)).body).toMatchObject({ text: "done" });
});

test("a report that is none is refused before it is written", async () => {
  await using directory = temporaryDirectory();
  const { paths, outbox } = setUp(directory.path);
  const wrong = { ...reply("r1", "m1"), body: { text: 7 } } as unknown as Outbound;
  await expect(publishReport(paths.outbox, wrong)).rejects.toMatchObject({ code: "message-invalid" });
  await expect(publishReport(paths.outbox, reply("r1", "m1", "x".repeat(1_100_000)))).rejects.toMatchObject({
    code: "message-too-large",
  });
  expect(await outbox.list()).toEqual([]);
});

test("a waiting client gets the reply to its message, under whatever id, and no other", async () => {
  await using directory = temporaryDirectory();
  const { paths } = setUp(directory.path);
  const waiting = waitForReply(paths, "m1", { timeoutMs: 10_000 });
  await publishReport(paths.outbox, reply("foreign-1", "m0"));
  await publishReport(paths.outbox, { ...reply("foreign-2", "m1"), kind: "progress" } as Outbound);
  writeFileSync(join(paths.outbox.path, "junk.msg"), "junk");
  await publishReport(paths.outbox, reply("foreign-3", "m1", "the answer"));
  expect(await waiting).toMatchObject({ id: "foreign-3", body: { text: "the answer" } });
  // Derived ids are found without reading the others.
  await publishReport(paths.outbox, reply(derivedMessageId("s1", "m2", 1), "m2"));
  expect(await waitForReply(paths, "m2", { timeoutMs: 0 })).toMatchObject({ replyTo: "m2" });
});

test("waiting ends with its time, with its signal, and when the session rejects the message", async () => {
  await using directory = temporaryDirectory();
  const { paths } = setUp(directory.path);
  await expect(waitForReply(paths, "m1", { timeoutMs: 20 })).rejects.toMatchObject({ code: "timed-out" });
  const stop = new AbortController();
  const waiting = waitForReply(paths, "m1", { signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  mkdirSync(paths.inbox.bad, { recursive: true });
  writeFileSync(join(paths.inbox.bad, "m1.msg.reason.txt"), "poison: it did not end in 3 attempts\n");
  await expect(waitForReply(paths, "m1")).rejects.toThrow(/rejected m1: poison/);
});

test("reports go after their time, by when they came and not by what they say", async () => {
  await using directory = temporaryDirectory();
  const { paths } = setUp(directory.path);
  await publishReport(paths.outbox, reply("r1", "m1"));
  utimesSync(join(paths.outbox.path, "r1.msg"), 0, 0);
  const day = 86_400_000;
  const clock = { ...systemClock, now: () => Date.now() + 29 * day };
  expect(await openOutbox(paths.outbox, clock).prune(30 * day)).toBe(0);
  const later = { ...systemClock, now: () => Date.now() + 31 * day };
  expect(await openOutbox(paths.outbox, later).prune(30 * day)).toBe(1);
});

test("a report that may not be read, or with a time out of every range, does not end the waiting", async () => {
  await using directory = temporaryDirectory();
  await unprivileged(directory.path, async () => {
    const { paths } = setUp(directory.path);
    await publishReport(paths.outbox, reply("a-secret", "m1", "later"));
    const secret = join(paths.outbox.path, "a-secret.msg");
    chmodSync(secret, 0);
    await publishReport(paths.outbox, reply("b-odd", "m2", "odd"));
    utimesSync(join(paths.outbox.path, "b-odd.msg"), 8e14, 8e14);
    expect(await waitForReply(paths, "m2", { timeoutMs: 0 })).toMatchObject({ id: "b-odd" });
    const waiting = waitForReply(paths, "m1", { timeoutMs: 10_000 });
    await new Promise((resolve) => setImmediate(resolve));
    chmodSync(secret, 0o600);
    expect(await waiting).toMatchObject({ id: "a-secret" });
  });
});

test("a verdict on another file under the id of a message that is taken is not about that message", async () => {
  await using directory = temporaryDirectory();
  const { paths } = setUp(directory.path);
  await sendMessage(paths, { id: "m1", kind: "prompt", body: { text: "do it" } });
  const inbox = openInbox(paths.inbox);
  const [ready] = await inbox.scan();
  const claimed = await inbox.claim(ready!);
  writeFileSync(join(paths.inbox.path, "m1.msg"), '{"v":1,"kind":"prompt","body":{"text":"forged"}}');
  await inbox.scan();
  expect(existsSync(join(paths.inbox.bad, "m1.msg.reason.txt"))).toBe(true);
  await expect(waitForReply(paths, "m1", { timeoutMs: 0 })).rejects.toMatchObject({ code: "timed-out" });
  await inbox.settle(claimed!);
  await expect(waitForReply(paths, "m1", { timeoutMs: 0 })).rejects.toMatchObject({ code: "timed-out" });
});
