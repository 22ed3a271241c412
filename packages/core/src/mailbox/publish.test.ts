import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boxPaths, sessionPaths } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { requireTool, smallDisk, temporaryDirectory } from "../testing/index.ts";
import { publishMessage } from "./publish.ts";
import { sendMessage } from "./send.ts";

const bytes = (text: string) => Buffer.from(text);

test("a message is there whole, once, however often it is published", async () => {
  await using directory = temporaryDirectory();
  const box = boxPaths(join(directory.path, "inbox"));
  const message = { id: "m1", bytes: bytes("hello") };
  expect(await publishMessage(box, message)).toBe("published");
  expect(await publishMessage(box, message)).toBe("duplicate");
  expect(readFileSync(join(box.path, "m1.msg"), "utf8")).toBe("hello");
  expect(readdirSync(box.tmp)).toEqual([]);
});

test("of many publishers at once one publishes and the others find it published", async () => {
  await using directory = temporaryDirectory();
  const box = boxPaths(join(directory.path, "inbox"));
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => publishMessage(box, { id: "m1", bytes: bytes("x") })),
  );
  expect(outcomes.toSorted()).toEqual([...Array<string>(7).fill("duplicate"), "published"]);
  expect(readdirSync(box.tmp)).toEqual([]);
});

test("an id that stands in the box, is claimed or is done is taken: other bytes are a conflict", async () => {
  await using directory = temporaryDirectory();
  const box = boxPaths(join(directory.path, "inbox"));
  for (const path of [box.path, box.tmp, box.claimed, box.done]) mkdirSync(path);
  const places = {
    waiting: join(box.path, "waiting.msg"),
    claimed: join(box.claimed, "claimed.a2.started.msg"),
    done: join(box.done, "done.msg"),
  };
  for (const [id, path] of Object.entries(places)) {
    writeFileSync(path, "hello");
    expect(await publishMessage(box, { id, bytes: bytes("hello") })).toBe("duplicate");
    await expect(publishMessage(box, { id, bytes: bytes("other") })).rejects.toMatchObject({ code: "id-conflict" });
    expect(readFileSync(path, "utf8")).toBe("hello");
  }
  expect(readdirSync(box.path).filter((name) => !name.startsWith("."))).toEqual(["waiting.msg"]);
});

test("a publisher that died between its last two steps is finished by the next try", async () => {
  await using directory = temporaryDirectory();
  const box = boxPaths(join(directory.path, "inbox"));
  await publishMessage(box, { id: "m1", bytes: bytes("hello") });
  linkSync(join(box.path, "m1.msg"), join(box.tmp, "m1.0123456789ab"));
  writeFileSync(join(box.tmp, "m1.ffffffffffff"), "somebody else at work");
  expect(await publishMessage(box, { id: "m1", bytes: bytes("hello") })).toBe("duplicate");
  expect(readdirSync(box.tmp)).toEqual(["m1.ffffffffffff"]);
});

test("a message may have exactly the limit, and not a byte more", async () => {
  await using directory = temporaryDirectory();
  const box = boxPaths(join(directory.path, "inbox"));
  expect(await publishMessage(box, { id: "m1", bytes: Buffer.alloc(MESSAGE_LIMIT, "x") })).toBe("published");
  const tooLarge = publishMessage(box, { id: "m2", bytes: Buffer.alloc(MESSAGE_LIMIT + 1, "x") });
  await expect(tooLarge).rejects.toMatchObject({ code: "message-too-large" });
  expect(existsSync(join(box.path, "m2.msg"))).toBe(false);
});

test.each(["", "../m1", "a/b", "a.b", "a\0b", "é", "x".repeat(65), "-- x"])(
  "%j is no id and touches nothing",
  async (id) => {
    await using directory = temporaryDirectory();
    const box = boxPaths(join(directory.path, "inbox"));
    await expect(publishMessage(box, { id, bytes: bytes("x") })).rejects.toMatchObject({ code: "id-invalid" });
    expect(existsSync(box.path)).toBe(false);
  },
);

test("a session that is gone does not come back by a message", async () => {
  await using directory = temporaryDirectory();
  const paths = sessionPaths(join(directory.path, "gone"));
  await expect(sendMessage(paths, { kind: "prompt", body: { text: "x" } })).rejects.toMatchObject({
    code: "session-not-found",
  });
  expect(existsSync(paths.directory)).toBe(false);
});

test("a full disk refuses a message and leaves no trace of it", async () => {
  if (!requireTool("mount")) return;
  await using disk = await smallDisk({ bytes: 256 * 1024 });
  const box = boxPaths(join(disk.path, "inbox"));
  await publishMessage(box, { id: "first", bytes: bytes("x") });
  writeFileSync(join(disk.path, "filler"), Buffer.alloc(200 * 1024));
  const large = { id: "large", bytes: Buffer.alloc(150 * 1024, "x") };
  await expect(publishMessage(box, large)).rejects.toMatchObject({ code: "storage-full" });
  expect(readdirSync(box.path).toSorted()).toEqual([".tmp", "first.msg"]);
  expect(readdirSync(box.tmp)).toEqual([]);
  rmSync(join(disk.path, "filler"));
  expect(await publishMessage(box, large)).toBe("published");
});

test("sending again under one id is a retry although it is another moment; another text is a conflict", async () => {
  await using directory = temporaryDirectory();
  const paths = sessionPaths(join(directory.path, "s1"));
  mkdirSync(paths.directory);
  const message = { kind: "prompt" as const, body: { text: "x" }, id: "m1" };
  expect(await sendMessage(paths, message)).toEqual({ id: "m1", outcome: "published" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await sendMessage(paths, message)).toEqual({ id: "m1", outcome: "duplicate" });
  await expect(sendMessage(paths, { ...message, body: { text: "y" } })).rejects.toMatchObject({ code: "id-conflict" });
  await expect(sendMessage(paths, { kind: "prompt", body: {} })).rejects.toMatchObject({ code: "message-invalid" });
});
