import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/index.ts";
import { openDirectorySafe, readFileSafe } from "./safe-open.ts";

const LIMIT = 100;
const refused = (reason: string) => ({ code: "session-damaged", details: { reason } });

test("a plain file is read whole, up to the limit and not a byte beyond", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "file");
  writeFileSync(path, "x".repeat(LIMIT));
  expect((await readFileSafe(path, LIMIT)).length).toBe(LIMIT);
  writeFileSync(path, "x".repeat(LIMIT + 1));
  await expect(readFileSafe(path, LIMIT)).rejects.toMatchObject(refused("too-large"));
  truncateSync(path, 1e12);
  await expect(readFileSafe(path, LIMIT)).rejects.toMatchObject(refused("too-large"));
  await expect(readFileSafe(join(directory.path, "absent"), LIMIT)).rejects.toMatchObject({ code: "ENOENT" });
});

test("links, FIFOs, sockets, devices and directories are refused at once and never opened for real", async () => {
  await using directory = temporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  writeFileSync(at("secret"), "secret");
  symlinkSync(at("secret"), at("symlink"));
  linkSync(at("secret"), at("hardlink"));
  mkdirSync(at("directory"));
  const server = createServer().listen(at("socket"));
  const fifos = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => at(`fifo-${number}`));
  execFileSync("mkfifo", fifos);
  const begun = performance.now();
  await expect(readFileSafe(at("symlink"), LIMIT)).rejects.toMatchObject(refused("not-regular"));
  await expect(readFileSafe(at("hardlink"), LIMIT)).rejects.toMatchObject(refused("hard-link"));
  await expect(readFileSafe(at("directory"), LIMIT)).rejects.toMatchObject(refused("not-regular"));
  await expect(readFileSafe(at("socket"), LIMIT)).rejects.toMatchObject(refused("not-regular"));
  await expect(readFileSafe("/dev/zero", LIMIT)).rejects.toMatchObject(refused("not-regular"));
  // Four of them would hold every thread that Node has for files.
  for (const fifo of fifos) await expect(readFileSafe(fifo, LIMIT)).rejects.toMatchObject(refused("not-regular"));
  expect(performance.now() - begun).toBeLessThan(2_000);
  server.close();
});

test("an open directory stays the same one when its path is swapped for a link", async () => {
  await using directory = temporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  mkdirSync(at("outbox"));
  mkdirSync(at("other-session"));
  writeFileSync(join(at("outbox"), "token"), "mine");
  writeFileSync(join(at("other-session"), "token"), "not mine");
  const outbox = await openDirectorySafe(at("outbox"));
  renameSync(at("outbox"), at("moved"));
  symlinkSync(at("other-session"), at("outbox"));
  expect(Buffer.from(outbox.read("token", { limit: LIMIT }).bytes).toString()).toBe("mine");
  outbox.close();
  await expect(openDirectorySafe(at("outbox"))).rejects.toMatchObject(refused("tampered"));
});

test("names are bytes, and no more of them are read than asked for", async () => {
  await using directory = temporaryDirectory();
  const odd = Buffer.concat([Buffer.from(`${directory.path}/`), Buffer.from([0xff, 0xfe, 0x0a])]);
  writeFileSync(odd, "");
  for (let number = 0; number < 20; number += 1) writeFileSync(join(directory.path, `${number}`), "");
  const open = await openDirectorySafe(directory.path);
  expect(open.names(1_000).names.some((name) => name.equals(Buffer.from([0xff, 0xfe, 0x0a])))).toBe(true);
  expect(open.names(5)).toMatchObject({ more: true, names: { length: 5 } });
  open.close();
});
