import { createHmac, randomBytes } from "node:crypto";
import { dirname } from "node:path";
import {
  identifyProcess,
  isSameProcess,
  signalProcess,
  timestamp,
  userOf,
  writeJsonFile,
  type Owner,
  type ProcessIdentity,
} from "@harness/core";
import { WORKER_PROTOCOL, type GitWorkerStart, type WorkerStart } from "@harness/credentials";
import type { Context } from "../context.ts";
import { endProcessesOf } from "../users/end-processes.ts";
import { giveTree } from "../users/give-tree.ts";
import { closeWorkerPlace } from "../users/open-worker-place.ts";
import type { Endpoint } from "./endpoint.ts";
import type { WorkerKey } from "./opened-keys.ts";
import { startWorker } from "./start-worker.ts";
import { tidyWorker } from "./tidy-worker.ts";
import { readWorker, type WorkerRecord } from "./worker-record.ts";

type Parts = Pick<Context, "root" | "clock" | "environment" | "log"> & {
  /** Who has users of their own; nobody unless given. */
  readonly users?: Context["users"];
  /** Told how far a start is. */
  readonly onStep?: (step: "spawned" | "recorded" | "ready") => void;
};

/** Longer than a worker takes that is in the middle of renewing a login. */
const LEAVE_WAIT_MS = 25_000;
const KILL_WAIT_MS = 5_000;
const LOOK_MS = 10;

export interface Wish {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Undefined where it is not known now: then whatever worker lives is as good as can be. */
  readonly key: WorkerKey | undefined;
}

/** The worker that serves the provider as it is configured now: the one that lives, or a new one. Null without a key. */
export async function keepWorker(parts: Parts, wish: Wish): Promise<ProcessIdentity | null> {
  const living = readWorker(parts.root, wish.name);
  const owner = (await parts.users?.forWorker(parts.root.workerOf(wish.name).directory)) ?? null;
  if (living !== null && serves(living, wish) && runsAs(living, owner)) return living;
  if (wish.key === undefined) return null;
  if (living !== null) await endWorker(parts, living);
  return launch(parts, { ...wish, owner }, wish.key);
}

// One of a dispatcher that decided otherwise about users reaches no place of a session, or more than its own.
function runsAs({ pid }: WorkerRecord, owner: Owner | null): boolean {
  const expected = owner?.uid ?? process.geteuid?.();
  return process.platform !== "linux" || expected === undefined || userOf(pid) === expected;
}

/** Ends a worker for certain. Its calls break off at once; a login that it renews just now is written down before. */
export async function endWorker({ clock }: Pick<Parts, "clock">, identity: ProcessIdentity): Promise<void> {
  const isGoneIn = async (waitMs: number) => {
    const until = clock.monotonic() + waitMs;
    while (isSameProcess(identity) && clock.monotonic() < until) await clock.sleep(LOOK_MS);
    return !isSameProcess(identity);
  };
  signalProcess(identity, "SIGTERM");
  // A stopped process acts on it only once it goes on.
  signalProcess(identity, "SIGCONT");
  if (await isGoneIn(LEAVE_WAIT_MS)) return;
  signalProcess(identity, "SIGKILL");
  await isGoneIn(KILL_WAIT_MS);
}

function serves(record: WorkerRecord, { endpoint, key }: Wish): boolean {
  if (record.settingsPrint !== print(record.salt, settingsOf(endpoint))) return false;
  return key === undefined || record.secretPrint === print(record.salt, key);
}

async function launch(
  parts: Parts,
  { name, endpoint, owner }: Wish & { owner: Owner | null },
  key: WorkerKey,
): Promise<ProcessIdentity> {
  const { root, clock, environment, log, onStep = () => {} } = parts;
  const paths = root.workerOf(name);
  const sharedDoors = process.geteuid?.() === 0;
  const place = { provider: name, directory: paths.directory, sockets: root.run.sockets, sharedDoors };
  const start = { ...place, ...describe(endpoint, key) };
  if (owner === null) closeWorkerPlace(paths.directory);
  else endProcessesOf(owner);
  await tidyWorker(root, name);
  if (owner !== null && key.login !== undefined) await giveTree(dirname(key.login), owner);
  let identity: ProcessIdentity | null = null;
  const writeDown = async (pid: number) => {
    onStep("spawned");
    identity = identifyProcess(pid);
    if (identity === null) throw new Error("It ended at once.");
    const salt = randomBytes(16).toString("hex");
    const record: WorkerRecord = {
      v: 1,
      ...identity,
      startedAt: timestamp(clock),
      salt,
      settingsPrint: print(salt, settingsOf(endpoint)),
      secretPrint: print(salt, key),
    };
    await writeJsonFile(paths.record, record);
    onStep("recorded");
  };
  try {
    await startWorker({ start, paths, environment, clock, owner, record: writeDown });
  } catch (error) {
    await tidyWorker(root, name);
    throw error;
  }
  onStep("ready");
  log.info("a credential worker was started", { provider: name, pid: identity!.pid });
  return identity!;
}

type Described =
  | Pick<WorkerStart, "wire" | "baseUrl" | "secret" | "login" | "limits">
  | Omit<GitWorkerStart, "provider" | "directory" | "sockets" | "sharedDoors">;

function describe(endpoint: Endpoint, key: WorkerKey): Described {
  const { baseUrl } = endpoint;
  if (endpoint.wire === "git") return { wire: endpoint.wire, baseUrl, user: endpoint.user, secret: key.secret ?? "" };
  return { wire: endpoint.wire, baseUrl, ...key, limits: endpoint.limits };
}

function settingsOf(endpoint: Endpoint): unknown {
  const { wire, baseUrl } = endpoint;
  const common = { protocol: WORKER_PROTOCOL, wire, baseUrl };
  return wire === "git" ? { ...common, user: endpoint.user } : { ...common, limits: endpoint.limits };
}

function print(salt: string, value: unknown): string {
  return createHmac("sha256", salt).update(JSON.stringify(value)).digest("hex");
}
