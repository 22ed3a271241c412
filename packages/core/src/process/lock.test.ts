import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AgentProcess } from "../schema/status.ts";
import { requireTool, temporaryDirectory, until } from "../testing/index.ts";
import { identifyProcess } from "./identity.ts";
import { acquireLock, lockHeartbeatAt, lookLock } from "./lock.ts";

const PROGRAM = join(import.meta.dirname, "../../test/programs/hold-lock.mjs");

async function startHolder(path: string): Promise<{ child: ChildProcess; identity: AgentProcess | null }> {
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, identity: JSON.parse(line.toString()) as AgentProcess | null };
}

test("one process holds a lock, others are told at once, and looking never takes it", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const holder = await startHolder(path);
  expect(lookLock(path, holder.identity)).toBe("held");
  expect(lookLock(path, { ...holder.identity!, lockFd: 0 })).toBe("held");
  expect(await acquireLock(path)).toBeNull();
  expect((await startHolder(path)).identity).toBeNull();
  // Another process, alive and with the right number on its record, is not the holder.
  expect(lookLock(path, identifyProcess())).toBe("free");
  expect(lookLock(path, null)).toBe("free");
  expect(lockHeartbeatAt(path)).toBeGreaterThan(Date.now() - 60_000);
});

test("a stopped holder keeps its lock, a killed one loses it in that moment", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const { child, identity } = await startHolder(path);
  child.kill("SIGSTOP");
  const begun = performance.now();
  expect(await acquireLock(path)).toBeNull();
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(lookLock(path, identity)).toBe("held");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(lookLock(path, identity)).toBe("free");
  const lock = await acquireLock(path);
  expect(lock).not.toBeNull();
  expect(lookLock(path, { ...identifyProcess()!, lockFd: lock!.fd })).toBe("held");
  lock!.release();
  lock!.release();
  expect(lookLock(path, { ...identifyProcess()!, lockFd: lock!.fd })).toBe("free");
  expect(statSync(path).isFile()).toBe(true);
});

test("of many that start together exactly one gets the lock", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const holders = await Promise.all(Array.from({ length: 6 }, () => startHolder(path)));
  expect(holders.filter((holder) => holder.identity !== null).length).toBe(1);
});

test("a lock file that was replaced holds nobody", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const { identity } = await startHolder(path);
  writeFileSync(`${path}.new`, "");
  renameSync(`${path}.new`, path);
  expect(lookLock(path, identity)).toBe("free");
});

test.runIf(process.geteuid?.() === 0)("a process of root holds no lock of somebody else's session", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const { identity } = await startHolder(path);
  expect(lookLock(path, identity)).toBe("held");
  chownSync(directory.path, 1_900_000_001, 1_900_000_001);
  expect(lookLock(path, identity)).toBe("free");
});

test("the heartbeat is the file's time and moves on without a write", async () => {
  if (!requireTool("flock")) return;
  await using directory = temporaryDirectory();
  const path = join(directory.path, ".lock");
  const lock = await acquireLock(path);
  const first = lockHeartbeatAt(path)!;
  await until(() => {
    lock!.beat();
    return lockHeartbeatAt(path)! > first;
  });
  expect(statSync(path).size).toBe(0);
  lock!.release();
  expect(lockHeartbeatAt(join(directory.path, "absent"))).toBeNull();
});
