import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { until } from "@harness/core/testing";
import {
  grantPath,
  hashKey,
  socketName,
  spentPath,
  type Budget,
  type GitWorkerStart,
  type Grant,
  type PushGrant,
  type Spent,
  type WorkerStart,
} from "../src/protocol.ts";
import type { CallLine } from "../src/ledger.ts";

const PROGRAM = join(import.meta.dirname, "../dist/credential-worker.cjs");
export const WORKER_KEY = "harness-worker-key-of-this-session";

export interface RunningWorker extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly directory: string;
  /** Also in the place of another, at once: nobody sees the session without a grant. */
  grant(session: string, options?: { key?: string; budget?: Budget; push?: PushGrant }): Promise<string>;
  withdraw(session: string): void;
  spent(session: string): Spent;
  calls(): CallLine[];
  /** Kills it and starts another over the same directories. */
  replace(): Promise<void>;
}

export type WorkerOptions =
  | (Pick<WorkerStart, "wire" | "baseUrl" | "secret"> &
      Pick<Partial<WorkerStart>, "limits" | "idleMs" | "holdMs" | "patience" | "login">)
  | Pick<GitWorkerStart, "wire" | "baseUrl" | "secret" | "user" | "takenMs">;

export async function startWorker(root: string, options: WorkerOptions, way?: LaunchWay): Promise<RunningWorker> {
  const directory = join(root, "worker");
  const sockets = join(root, "sockets");
  mkdirSync(join(directory, "grants"), { recursive: true });
  const start: WorkerStart | GitWorkerStart = { provider: "main", directory, sockets, ...options };
  let child = await launch(start, way);
  const write = (grant: Grant) => {
    const path = grantPath(directory, grant.session);
    writeFileSync(`${path}.new`, JSON.stringify(grant));
    renameSync(`${path}.new`, path);
  };
  const end = async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  return {
    get child() {
      return child;
    },
    directory,
    async grant(session, { key = WORKER_KEY, budget, push } = {}) {
      write({ v: 1, session, keyHash: hashKey(key), budget, push });
      const socket = join(sockets, session, socketName("main"));
      await until(() => existsSync(socket));
      return socket;
    },
    withdraw: (session) => rmSync(grantPath(directory, session)),
    spent: (session) => JSON.parse(readFileSync(spentPath(directory, session), "utf8")) as Spent,
    calls() {
      const path = join(directory, "calls.jsonl");
      const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
      return lines.map((line) => JSON.parse(line) as CallLine);
    },
    async replace() {
      await end();
      // What a killed worker leaves there answers nobody.
      rmSync(sockets, { recursive: true, force: true });
      child = await launch(start, way);
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

export interface LaunchWay {
  readonly environment?: Record<string, string>;
  readonly flags?: readonly string[];
  /** What starts it. */
  readonly before?: readonly string[];
}

/** A worker that has been told nothing yet. */
export function launchSilent({ environment = {}, flags = [], before = [] }: LaunchWay = {}): {
  child: ChildProcess;
  door: Duplex;
} {
  const [program, ...words] = [...before, process.execPath, ...flags, PROGRAM];
  const child = spawn(program, words, {
    env: environment,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const door = child.stdio[3] as Duplex;
  door.on("error", () => {});
  return { child, door };
}

export async function launch(start: WorkerStart | GitWorkerStart, way?: LaunchWay): Promise<ChildProcess> {
  const { child, door } = launchSilent(way);
  door.write(`${JSON.stringify(start)}\n`);
  const [answer] = (await once(door, "data")) as [Buffer];
  const said = JSON.parse(answer.toString()) as { ready?: boolean; failed?: string };
  if (said.ready !== true) throw new Error(said.failed);
  return child;
}
