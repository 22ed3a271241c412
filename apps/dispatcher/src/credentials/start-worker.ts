import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { HarnessError, type Clock, type Owner, type WorkerPaths } from "@harness/core";
import type { GitWorkerStart, WorkerStart } from "@harness/credentials";

const READY_MS = 10_000;
const ANSWER_LIMIT = 4096;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** How this machine reaches the network; nothing else of the dispatcher's environment goes along. */
const PASSED =
  /^(?:NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|SSL_CERT_(?:FILE|DIR)|NODE_USE_ENV_PROXY|(?:HTTPS?|NO)_PROXY|(?:https?|no)_proxy)$/;

export interface WorkerStarting {
  readonly start: WorkerStart | GitWorkerStart;
  readonly paths: WorkerPaths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** As whom it runs; as this process unless given. */
  readonly owner: Owner | null;
  /** Writes down which process it is. Only then is it given its secret: one that nobody knows of has none to keep. */
  record(pid: number): Promise<void>;
}

/** Starts a credential worker that outlives this process. Resolves when it serves. Throws `credential-worker-failed`. */
export async function startWorker({
  start,
  paths,
  environment,
  clock,
  owner,
  record,
}: WorkerStarting): Promise<ChildProcess> {
  mkdirSync(join(paths.directory, "grants"), { recursive: true, mode: 0o700 });
  mkdirSync(start.sockets, { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, APPEND, 0o600);
  // A dump of its memory would hold the key. What is started takes this shell's place.
  const shell = ["-c", 'ulimit -c 0; exec "$@"', "credential-worker", process.execPath, workerProgram()];
  const env = Object.fromEntries(Object.entries(environment).filter(([name, value]) => value && PASSED.test(name)));
  const child = spawn("/bin/sh", shell, {
    cwd: "/",
    env,
    ...owner,
    detached: true,
    stdio: ["ignore", log, log, "pipe"],
  });
  closeSync(log);
  const over = new AbortController();
  const failed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`It ended with ${signal ?? code}.`));
    void clock.sleep(READY_MS, over.signal).then(() => over.signal.aborted || resolve("It does not get ready."));
  });
  const problem = await Promise.race([handOver(child, start, record), failed]);
  over.abort();
  if (problem !== null) {
    child.kill("SIGKILL");
    throw new HarnessError(
      "credential-worker-failed",
      `The credential worker of ${start.provider} did not start. ${problem}`,
      { hint: `See ${paths.log}.` },
    );
  }
  child.unref();
  return child;
}

/** Null when it is ready. Never resolves where it could not be started: its end tells. */
async function handOver(
  { pid, stdio }: ChildProcess,
  start: WorkerStarting["start"],
  record: WorkerStarting["record"],
): Promise<string | null> {
  if (pid === undefined) return new Promise(() => {});
  try {
    await record(pid);
  } catch (error) {
    return `It cannot be written down which process it is. ${(error as Error).message}`;
  }
  return askReady(stdio[3] as Duplex, start);
}

/** Hands the secret over, and nothing keeps it: the pipe is read by the worker alone. Null when it is ready. */
function askReady(door: Duplex, start: WorkerStarting["start"]): Promise<string | null> {
  return new Promise((resolve) => {
    let text = "";
    door.on("error", () => {});
    door.on("data", (piece: Buffer) => {
      if (text.length < ANSWER_LIMIT) text += piece.toString("utf8");
      if (!text.includes("\n")) return;
      const said = JSON.parse(text.split("\n")[0] ?? "{}") as { ready?: unknown; failed?: unknown };
      door.destroy();
      resolve(said.ready === true ? null : String(said.failed));
    });
    door.write(`${JSON.stringify(start)}\n`);
  });
}

// The bundle is found as a file: nothing that holds a key is ever loaded into this process.
export function workerProgram(): string {
  const manifest = createRequire(import.meta.url).resolve("@harness/credentials/package.json");
  return join(dirname(manifest), "dist", "credential-worker.cjs");
}
