import { closeSync } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { systemCode, type Clock, type Owner, type SessionPaths } from "@harness/core";
import { openAgentLog, tailAgentLog } from "./agent-log.ts";

export interface StartInput {
  /** Program and first arguments. */
  command: readonly string[];
  arguments: readonly string[];
  paths: SessionPaths;
  environment: Record<string, string>;
  /** As whom it runs; as this process where that is null. What it throws is why there is no start. */
  chooseOwner(): Promise<Owner | null>;
  nonce: string;
  timeoutMs: number;
  clock: Clock;
  /** Gives the start up. */
  signal: AbortSignal;
  /** Told the pid as soon as there is one. */
  onSpawned(pid: number): void;
}

export interface Exit {
  code: number | null;
  signal: string | null;
}

export type StartOutcome =
  /** `pid` is what the agent process says of itself, `child` what was started. */
  | { outcome: "ready"; pid: number; child: number; exited: Promise<Exit> }
  /** Another process holds the session's lock. */
  | { outcome: "busy" }
  /** The machine is short of something; it says nothing about the session. */
  | { outcome: "short"; cause: string }
  | { outcome: "failed"; cause: string; exit: Exit };

const ALREADY_RUNNING = 100;
const SHORTAGES = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);
const READY_LIMIT = 4096;

/** Starts an agent process that outlives this one and waits for its own word that it is ready (L2–L4). */
export async function startAgent(input: StartInput): Promise<StartOutcome> {
  const started = await spawnDetached(input);
  if ("cause" in started) return started;
  const { child, exited } = started;
  input.onSpawned(started.pid);
  const ready = child.stdio[3] as Readable;
  const given = new AbortController();
  const first = await Promise.race([
    readReady(ready, input.nonce),
    exited,
    input.clock.sleep(input.timeoutMs, AbortSignal.any([given.signal, input.signal])).then(() => "timeout" as const),
  ]);
  given.abort();
  ready.destroy();
  child.unref();
  if (first === "timeout") {
    killGroup(child, started.pid);
    const why = input.signal.aborted
      ? "It was stopped while it started"
      : `It was not ready within ${input.timeoutMs / 1000} s`;
    return await failed(why, input.paths, await exited);
  }
  if ("pid" in first) return { outcome: "ready", pid: first.pid, child: started.pid, exited };
  if (first.code === ALREADY_RUNNING) return { outcome: "busy" };
  return await failed(
    `It ended with ${first.signal ?? `exit code ${first.code}`} before it was ready`,
    input.paths,
    first,
  );
}

type Spawned = { child: ChildProcess; pid: number; exited: Promise<Exit> };

// Its output goes to a file and not to a pipe, because nobody reads the pipe of a dispatcher that died.
async function spawnDetached(input: StartInput): Promise<Spawned | Extract<StartOutcome, { cause: string }>> {
  const [file = "", ...rest] = input.command;
  let log: number | undefined;
  try {
    const owner = await input.chooseOwner();
    log = await openAgentLog(input.paths);
    const child = spawn(file, [...rest, ...input.arguments], {
      cwd: input.paths.directory,
      env: input.environment,
      ...owner,
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
    });
    const exited = new Promise<Exit>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    const { pid } = child;
    if (pid !== undefined) return { child, pid, exited };
    return couldNotSpawn(await new Promise((resolve) => child.once("error", resolve)));
  } catch (error) {
    return couldNotSpawn(error);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function couldNotSpawn(error: unknown): Extract<StartOutcome, { cause: string }> {
  const cause = error instanceof Error ? error.message : String(error);
  if (SHORTAGES.has(systemCode(error) ?? "")) return { outcome: "short", cause };
  return { outcome: "failed", cause, exit: { code: null, signal: null } };
}

// What a wrapper has started goes with it: it would become ready all the same, and nobody wants it any more.
function killGroup(child: ChildProcess, pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    child.kill("SIGKILL");
  }
}

async function failed(what: string, paths: SessionPaths, exit: Exit): Promise<StartOutcome> {
  const tail = await tailAgentLog(paths);
  return { outcome: "failed", cause: tail === "" ? `${what}.` : `${what}: ${tail}`, exit };
}

// Resolves with the pid that the process gives itself; never, when it closes the descriptor without a word: its exit tells.
function readReady(stream: Readable, nonce: string): Promise<{ pid: number }> {
  return new Promise((resolve) => {
    let text = "";
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      if (text.length < READY_LIMIT) text += chunk.toString("utf8");
      const pid = parseReady(text, nonce);
      if (pid !== null) resolve({ pid });
    });
  });
}

export function parseReady(text: string, nonce: string): number | null {
  const line = text.split("\n", 1)[0] ?? "";
  if (!text.includes("\n")) return null;
  try {
    const said = JSON.parse(line) as { ready?: unknown; pid?: unknown; nonce?: unknown };
    return said.ready === true && said.nonce === nonce && Number.isInteger(said.pid) ? Number(said.pid) : null;
  } catch {
    // Not a line of ours: the start will time out and say so.
    return null;
  }
}
