import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { launch, launchSilent, startWorker } from "./running-worker.ts";

const SECRET = "sk-0123456789abcdef-process";
const options = { wire: "anthropic", baseUrl: "http://127.0.0.1:1", secret: SECRET } as const;

test("a signal opens no inspector, and neither environment nor arguments hold the key", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(directory.path, options);
  const { pid } = worker.child;
  process.kill(pid!, "SIGUSR1");
  process.kill(pid!, "SIGUSR2");
  // It still answers, so that the signals have been dealt with.
  await worker.grant("s1");
  const connection = connect(9229, "127.0.0.1");
  await expect(once(connection, "connect")).rejects.toThrow("ECONNREFUSED");
  for (const file of ["environ", "cmdline"])
    expect(readFileSync(`/proc/${pid}/${file}`, "latin1")).not.toContain(SECRET);
  expect(worker.child.exitCode).toBeNull();
});

test.each([
  ["NODE_OPTIONS", { environment: { NODE_OPTIONS: "--no-warnings" } }],
  ["--heapsnapshot-signal=SIGUSR2", { flags: ["--heapsnapshot-signal=SIGUSR2"] }],
])("a worker that is started with %s refuses to serve", async (what, way) => {
  await using directory = temporaryDirectory();
  const place = { directory: join(directory.path, "w"), sockets: join(directory.path, "s"), provider: "main" };
  await expect(launch({ ...options, ...place }, way)).rejects.toThrow(what);
});

test("a key that no header can carry is refused at the start, and not repeated", async () => {
  await using directory = temporaryDirectory();
  const place = { directory: join(directory.path, "w"), sockets: join(directory.path, "s"), provider: "main" };
  const refused = launch({ ...options, ...place, secret: `${SECRET}\n` });
  await expect(refused).rejects.toThrow(/no header can carry/);
  await expect(refused).rejects.not.toThrow(SECRET);
});

test("a worker whose place is gone ends", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(directory.path, options);
  rmSync(worker.directory, { recursive: true });
  expect(await until(() => worker.child.exitCode !== null)).toBe(true);
});

test("a session whose directory has a long path has its socket all the same", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(join(directory.path, "a".repeat(120)), options);
  expect(await worker.grant("s1")).toContain("aaaa");
});

test("a session that bars its own door bars nobody else's, and is served once it no longer does", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(directory.path, options);
  const doorOf = (session: string) => join(directory.path, "sockets", session, "main");
  const bar = join(doorOf("s1"), "worker.sock.new");
  mkdirSync(bar, { recursive: true });
  const barred = worker.grant("s1");
  mkdirSync(join(doorOf("s2"), "worker.sock", "full"), { recursive: true });
  await worker.grant("s2");
  await worker.grant("s3");
  // It is bound: what is left to do is its last name.
  await until(() => existsSync(join(doorOf("s2"), "worker.sock.new")));
  worker.withdraw("s2");
  await until(() => !existsSync(join(doorOf("s2"), "worker.sock.new")));
  await worker.grant("s4");
  rmdirSync(bar);
  const { mode } = statSync(await barred);
  expect([worker.child.exitCode, mode & 0o777]).toEqual([null, 0o600]);
});

test("a worker whose starter goes away before it has said anything ends", async () => {
  const { child, door } = launchSilent();
  door.destroy();
  expect(await until(() => child.exitCode)).toBe(1);
});

test("a worker that is told nothing ends by itself", async () => {
  const { child } = launchSilent();
  expect(await until(() => child.exitCode, { timeoutMs: 30_000 })).toBe(1);
});

test("a worker stays while a session has a grant, and ends some time after the last is gone", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(directory.path, { ...options, idleMs: 400 });
  await worker.grant("s1");
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(worker.child.exitCode).toBeNull();
  worker.withdraw("s1");
  expect(await until(() => worker.child.exitCode !== null)).toBe(true);
});
