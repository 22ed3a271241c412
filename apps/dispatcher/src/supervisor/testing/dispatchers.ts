import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import {
  isId,
  isSameProcess,
  readSession,
  signalProcess,
  stateRoot,
  systemClock,
  type ErrorRecord,
  type ProcessIdentity,
  type StateRoot,
} from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { parseConfig, type Config } from "../../config.ts";
import { endWorkers } from "../../credentials/end-workers.ts";
import { startDispatcher, type Dispatcher, type StartOptions } from "../../start-dispatcher.ts";
import type { ProgramOptions } from "./program.ts";

/** Short enough for tests, long enough for a busy machine. */
export const FAST = {
  scanMs: 100,
  stopGraceMs: 3000,
  restartMs: 50,
  foreignScans: 3,
  lostScans: 1000,
  hungScans: 2000,
};

export function testConfig(changes: Partial<Config> & { concurrent?: number } = {}): Config {
  const { concurrent = 100, ...rest } = changes;
  const config = parseConfig("");
  return { ...config, limits: { ...config.limits, concurrent, parkAfterMinutes: 0 }, ...rest };
}

/** A state root of the test's own; every agent process and credential worker in it is ended with the test. */
export function temporaryRoot(): { root: StateRoot; [Symbol.asyncDispose](): Promise<void> } {
  const directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "home"));
  return {
    root,
    [Symbol.asyncDispose]: async () => {
      await endAgents(root);
      await endWorkers(root, systemClock);
      await directory[Symbol.asyncDispose]();
    },
  };
}

export interface TestDispatcher extends Dispatcher {
  [Symbol.asyncDispose](): Promise<void>;
}

export async function runDispatcher(root: StateRoot, options: Partial<StartOptions> = {}): Promise<TestDispatcher> {
  const dispatcher = await startDispatcher({
    root,
    environment: process.env,
    port: 0,
    config: testConfig(),
    ...options,
    timing: { ...FAST, ...options.timing },
  });
  return { ...dispatcher, [Symbol.asyncDispose]: () => dispatcher.close() };
}

export interface DispatcherProcess {
  child: ChildProcess;
  /** What it said when it was ready, or why it refused; null when it died first. */
  said: { url: string; token: string; error?: ErrorRecord } | null;
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** A dispatcher in a process of its own, which is gone at the latest when the test's process is. */
export async function spawnDispatcher(options: ProgramOptions, wrap: string[] = []): Promise<DispatcherProcess> {
  const program = join(import.meta.dirname, "program.ts");
  const given = { timing: FAST, config: testConfig(), ...options };
  const [file, ...args] = [...wrap, process.execPath, program, JSON.stringify(given)];
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  started.add(child);
  let text = "";
  for await (const chunk of child.stdio[3] as Readable) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const kill = async () => {
    child.kill("SIGKILL");
    await until(() => child.signalCode !== null || child.exitCode !== null, { what: "the dispatcher is dead" });
  };
  const said = text === "" ? null : (JSON.parse(text) as DispatcherProcess["said"]);
  return { child, said, kill, [Symbol.asyncDispose]: kill };
}

/** Asks a dispatcher process over its API. Throws what it answers when that is no success. */
export async function ask<T>({ said }: DispatcherProcess, path: string, body?: object): Promise<T> {
  const response = await fetch(`${said?.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${said?.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as T;
}

/** The process that a session's status names, if it lives. */
export function agentOf(root: StateRoot, id: string): ProcessIdentity | null {
  const identity = readSession(root.session(id)).status?.process;
  return identity !== undefined && isSameProcess(identity) ? identity : null;
}

/** Every process on this machine that was started for a session, however it came to be. */
export function agentPids(root: StateRoot, id: string): number[] {
  const found = readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const words = readQuietly(`/proc/${name}/cmdline`).split("\0");
    if (!words.includes("--session") || !words.includes(id)) return false;
    return readQuietly(`/proc/${name}/environ`).includes(root.session(id).directory);
  });
  // Between fork and exec a child of an agent process looks like its parent.
  return found.filter((name) => !found.includes(parentOf(name))).map(Number);
}

function parentOf(pid: string): string {
  return /^PPid:\s+(?<parent>\d+)$/m.exec(readQuietly(`/proc/${pid}/status`))?.groups?.["parent"] ?? "";
}

export async function endAgents(root: StateRoot): Promise<void> {
  const living = sessionNames(root).flatMap((id) => agentOf(root, id) ?? []);
  for (const identity of living) signalProcess(identity, "SIGKILL");
  await until(() => living.every((identity) => !isSameProcess(identity)), { what: "the agent processes are dead" });
}

function sessionNames(root: StateRoot): string[] {
  try {
    return readdirSync(root.sessions).filter(isId);
  } catch {
    return [];
  }
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
