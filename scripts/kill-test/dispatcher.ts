import type { StateRoot } from "@harness/core";
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LEDGER } from "./history.ts";
import { leftoverProcesses } from "./processes.ts";

const HARNESS = resolve(import.meta.dirname, "../../apps/dispatcher/bin/harness");
const START_LIMIT_MS = 30_000;

// Writes the message's own name down, then answers. A resumed prompt has other words around the name.
const CODING_AGENT = `id=$(grep -o -m1 'm-[0-9]*-[0-9]*' | head -n1); echo "$id" >> ${LEDGER}; printf 'ack %s' "$id"`;

export interface DispatcherHandle {
  spawn(name: string): Promise<string>;
  resume(session: string): Promise<void>;
  killAndRestart(): Promise<void>;
  /** Ends the dispatcher and every session. */
  stop(): Promise<void>;
}

export async function createDispatcher(root: StateRoot): Promise<DispatcherHandle> {
  mkdirSync(root.path, { recursive: true });
  writeFileSync(root.config, "limits: { concurrent: 32, parkAfterMinutes: 0 }\n");
  let pid = await start(root);

  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { url } = JSON.parse(readFileSync(root.run.dispatcher, "utf8")) as { url: string };
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(root.run.token, "utf8").trim()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body ?? {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  };

  return {
    async spawn(name) {
      const task = "m-9999-0";
      const session = (await request("POST", "/api/sessions", { task, name, command: ["sh", "-c", CODING_AGENT] })) as {
        id: string;
      };
      return session.id;
    },
    async resume(session) {
      await request("POST", `/api/sessions/${session}/resume`);
    },
    async killAndRestart() {
      process.kill(pid, "SIGKILL");
      await sleep(50);
      pid = await start(root);
    },
    async stop() {
      await run(root, ["down", "--all"]);
      const deadline = performance.now() + START_LIMIT_MS;
      while (leftoverProcesses(root.path).length > 0 && performance.now() < deadline) await sleep(100);
    },
  };
}

/** Starts a dispatcher and resolves with its pid when it answers. */
async function start(root: StateRoot): Promise<number> {
  const log = openSync(join(root.path, "dispatcher-output.txt"), "a");
  const child = spawn(HARNESS, ["up", "--port", "0"], {
    env: environment(root),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    const running = readDispatcher(root);
    if (running !== undefined && running.pid === child.pid && (await answers(running.url))) return running.pid;
    await sleep(20);
  }
  throw new Error(
    `No dispatcher after ${START_LIMIT_MS} ms: ${readFileSync(join(root.path, "dispatcher-output.txt"), "utf8").slice(-2000)}`,
  );
}

function readDispatcher(root: StateRoot): { pid: number; url: string } | undefined {
  try {
    return JSON.parse(readFileSync(root.run.dispatcher, "utf8")) as { pid: number; url: string };
  } catch {
    // Not written yet.
    return undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(new URL("/api/health", url));
    return true;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function run(root: StateRoot, args: string[]): Promise<void> {
  const child = spawn(HARNESS, args, { env: environment(root), stdio: "ignore" });
  await new Promise((done) => child.once("close", done));
}

function environment(root: StateRoot): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: root.path, HARNESS_HOME: root.path };
}
