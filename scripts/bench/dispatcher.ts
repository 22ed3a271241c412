import { stateRoot } from "@harness/core";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { cpuSeconds, pssMiB, stopAll } from "./processes.ts";
import { startSessions } from "./sessions.ts";
import { HARNESS } from "./state.ts";

export interface BenchDispatcher {
  pid: number;
  /** One API call; resolves with the parsed answer. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
  /** Ends it with every agent process. */
  stopAll(): Promise<void>;
}

const START_LIMIT_MS = 30_000;

export async function startDispatcher(home: string, settings: readonly string[] = []): Promise<BenchDispatcher> {
  const root = stateRoot(home);
  mkdirSync(home, { recursive: true });
  writeFileSync(root.config, ["limits: { concurrent: 500, parkAfterMinutes: 0 }", ...settings, ""].join("\n"));
  const env = { PATH: process.env["PATH"], HOME: home, HARNESS_HOME: home };
  const child = spawn(HARNESS, ["up", "--port", "0"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const deadline = performance.now() + START_LIMIT_MS;
  let url: string | undefined;
  while (url === undefined) {
    if (performance.now() > deadline) throw new Error("The dispatcher does not answer.");
    await sleep(20);
    url = await answeringUrl(root.run.dispatcher, child.pid);
  }
  const token = readFileSync(root.run.token, "utf8").trim();
  const exited = once(child, "exit");
  const request: BenchDispatcher["request"] = async (method, path, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    pid: child.pid!,
    request,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
    async stopAll() {
      await request("POST", "/api/shutdown", { all: true });
      await exited;
    },
  };
}

async function answeringUrl(file: string, pid: number | undefined): Promise<string | undefined> {
  try {
    const running = JSON.parse(readFileSync(file, "utf8")) as { pid: number; url: string };
    if (running.pid !== pid) return undefined;
    await fetch(new URL("/api/health", running.url));
    return running.url;
  } catch {
    // Not written or not listening yet.
    return undefined;
  }
}

const SESSIONS = 100;
const WATCH_MS = 60_000;
const SETTLE_MS = 10_000;

/** What a dispatcher with a hundred idle sessions costs while nothing happens. */
export async function measureIdleDispatcher(scratch: string): Promise<Figure[]> {
  const alone = await startDispatcher(join(scratch, "alone"));
  await sleep(SETTLE_MS);
  const alonePss = pssMiB(alone.pid);
  await alone.stop();

  const home = join(scratch, "hundred");
  const live = await startSessions(stateRoot(home).sessions, SESSIONS);
  const dispatcher = await startDispatcher(home);
  await sleep(SETTLE_MS);
  const before = cpuSeconds(dispatcher.pid);
  await sleep(WATCH_MS);
  const used = cpuSeconds(dispatcher.pid) - before;
  const pss = pssMiB(dispatcher.pid);
  await dispatcher.stop();
  await stopAll(live.map(({ child }) => child));
  return [
    {
      name: `dispatcher, ${SESSIONS} idle sessions, share of a core`,
      value: (used / (WATCH_MS / 1000)) * 100,
      unit: "%",
      limit: 1,
    },
    { name: `dispatcher, ${SESSIONS} idle sessions, above none`, value: pss - alonePss, unit: "MiB", limit: 30 },
  ];
}
