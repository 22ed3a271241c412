import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomBytes } from "node:crypto";
import { HarnessError, type Clock } from "@harness/core";
import type { CallBegin, CallEnd, CallHold, RelayLine, RelayRefuse, RelayStart, WorkerDoor } from "./call.ts";
import { listenAtDoor, listenOnLoopback, type Listening } from "./listen.ts";
import { readLines } from "./read-lines.ts";
import { relayUrl } from "./relay-url.ts";
import type { Door } from "../wall/wall.ts";
import { parseUpstream, type Upstream } from "./upstream.ts";

const START_MS = 10_000;
const SYNC_MS = 500;
const STDERR_LIMIT = 2_000;

/** How a relay is started: the program, and what it may know of this process's environment. */
export interface RelayProgram {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The session's credential worker: calls then go there, and the endpoint's key is nowhere in the session. */
  readonly worker?: WorkerDoor | undefined;
}

/** The process between a session's coding agent and its model endpoint. */
export interface Relay {
  /** What the coding agent is told instead of the endpoint's own. */
  readonly baseUrl: string;
  /** It ended, by itself or not. */
  readonly ended: boolean;
  /** Resolves when everything that it had told by now has been heard. */
  sync(): Promise<void>;
  /** Has a call that is held refused at once. */
  refuse(call: number): void;
  close(): void;
}

export interface RelayOptions {
  readonly upstream: string;
  readonly clock: Clock;
  /** Where it listens for a coding agent that has a loopback of its own. */
  readonly door?: Door | null;
  onCall(line: CallBegin | CallEnd): void;
  onHold?(line: CallHold): void;
  /** It ended, and nobody closed it. */
  onLost(why: string): void;
}

/**
 * Starts a relay, and does not wait until it serves: what connects before waits. It ends when it is closed or when this
 * process ends. Throws `relay-failed`.
 */
export async function startRelay(program: RelayProgram, options: RelayOptions): Promise<Relay> {
  const { path } = readUpstream(options.upstream);
  const socket = options.door ? listenAtDoor(options.door) : await listenOnLoopback();
  const prefix = randomBytes(18).toString("base64url");
  const child = spawnRelay(program, socket);
  const over = new AbortController();
  const begun = new AbortController();
  const syncing = new Map<number, () => void>();
  let requests = 0;
  let closed = false;
  let errors = "";

  function hear(text: string): void {
    const line = JSON.parse(text) as RelayLine;
    switch (line.type) {
      case "ready":
        return begun.abort();
      case "failed":
        return end(line.text);
      case "synced":
        return syncing.get(line.request)?.();
      case "begin":
      case "end":
        return options.onCall(line);
      case "held":
      case "released":
        return options.onHold?.(line);
    }
  }
  function end(why: string): void {
    if (over.signal.aborted) return;
    over.abort();
    begun.abort();
    child.kill("SIGKILL");
    for (const release of syncing.values()) release();
    if (!closed) options.onLost(why);
  }
  function close(): void {
    closed = true;
    child.stdin.end();
  }

  readLines(child.stdout, hear);
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-STDERR_LIMIT)));
  child.stdin.on("error", () => {});
  child.once("error", (error) => end(error.message));
  child.once("close", (code, signal) => end(`It ended with ${signal ?? code}. ${errors.trim()}`.trim()));
  child.stdin.write(
    `${JSON.stringify({ upstream: options.upstream, prefix, host: socket.host, path: options.door?.socket, worker: program.worker } satisfies RelayStart)}\n`,
  );
  void options.clock.sleep(START_MS, begun.signal).then(() => begun.signal.aborted || end("It does not answer."));

  return {
    baseUrl: relayUrl({ prefix, host: socket.host }, path),
    get ended() {
      return over.signal.aborted;
    },
    async sync() {
      if (over.signal.aborted) return;
      const request = ++requests;
      const done = new AbortController();
      syncing.set(request, () => done.abort());
      child.stdin.write(`${JSON.stringify({ sync: request })}\n`);
      await options.clock.sleep(SYNC_MS, done.signal);
      syncing.delete(request);
    },
    refuse(call) {
      if (!over.signal.aborted) child.stdin.write(`${JSON.stringify({ refuse: call } satisfies RelayRefuse)}\n`);
    },
    close,
  };
}

function spawnRelay({ path, environment }: RelayProgram, socket: Listening): ChildProcessWithoutNullStreams {
  try {
    const stdio = ["pipe", "pipe", "pipe", socket.descriptor ?? "ignore"] as const;
    // Apart from this process's group: what is sent to that is for this process to decide on.
    const options = { detached: true, cwd: "/", env: environment, stdio: [...stdio] };
    return spawn(process.execPath, [path], options) as ChildProcessWithoutNullStreams;
  } finally {
    // Also where the system is too short of something to start it.
    socket.release();
  }
}

function readUpstream(text: string): Upstream {
  try {
    return parseUpstream(text);
  } catch (error) {
    throw new HarnessError("relay-failed", `There is no way to the model endpoint. ${(error as Error).message}`);
  }
}
