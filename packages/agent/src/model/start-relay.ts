import { spawn } from "node:child_process";
import { HarnessError, type Clock } from "@harness/core";
import type { CallBegin, CallEnd, RelayLine } from "./call.ts";
import { readLines } from "./read-lines.ts";

const START_MS = 10_000;
const SYNC_MS = 500;
const STDERR_LIMIT = 2_000;

/** How a relay is started: the program, and what it may know of this process's environment. */
export interface RelayProgram {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The process between a session's coding agent and its model endpoint. */
export interface Relay {
  /** What the coding agent is told instead of the endpoint's own. */
  readonly baseUrl: string;
  /** It ended, by itself or not. */
  readonly ended: boolean;
  /** Resolves when everything that it had told by now has been heard. */
  sync(): Promise<void>;
  close(): void;
}

export interface RelayOptions {
  readonly upstream: string;
  readonly clock: Clock;
  onCall(line: CallBegin | CallEnd): void;
  /** It ended, and nobody closed it. */
  onLost(why: string): void;
}

/** Starts a relay. It ends when it is closed or when this process ends. Throws `relay-failed`. */
export async function startRelay(program: RelayProgram, options: RelayOptions): Promise<Relay> {
  // Apart from this process's group: what is sent to that is for this process to decide on.
  const child = spawn(process.execPath, [program.path], {
    detached: true,
    cwd: "/",
    env: program.environment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const over = new AbortController();
  const begun = new AbortController();
  const first = Promise.withResolvers<RelayLine>();
  const syncing = new Map<number, () => void>();
  let requests = 0;
  let closed = false;
  let errors = "";

  function hear(text: string): void {
    const line = JSON.parse(text) as RelayLine;
    switch (line.type) {
      case "ready":
      case "failed":
        return first.resolve(line);
      case "synced":
        return syncing.get(line.request)?.();
      case "begin":
      case "end":
        return options.onCall(line);
    }
  }
  function end(why: string): void {
    if (over.signal.aborted) return;
    over.abort();
    first.resolve({ type: "failed", text: why });
    for (const release of syncing.values()) release();
    if (begun.signal.aborted && !closed) options.onLost(why);
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
  child.stdin.write(`${JSON.stringify({ upstream: options.upstream })}\n`);

  void options.clock
    .sleep(START_MS, begun.signal)
    .then(() => first.resolve({ type: "failed", text: "It does not answer." }));
  const line = await first.promise;
  begun.abort();
  if (line.type !== "ready") {
    closed = true;
    child.kill("SIGKILL");
    const text = line.type === "failed" ? line.text : "It speaks another language.";
    throw new HarnessError("relay-failed", `The relay to the model endpoint did not start. ${text}`);
  }
  return {
    baseUrl: line.baseUrl,
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
    close,
  };
}
