import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  createSession,
  newSessionId,
  openOutbox,
  readJsonLines,
  sendMessage,
  sessionPaths,
  type Event,
  type Outbound,
  type SessionPaths,
  type SessionSpec,
  type Status,
} from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { findMarked, sweepMarked } from "../src/tree/sweep.ts";

export const BUNDLE = resolve(import.meta.dirname, "../dist/harness-agent.cjs");
/** What it runs. */
export const PROGRAM_BUNDLE = resolve(import.meta.dirname, "../dist/program.cjs");
/** As bin/harness-agent starts it. */
export const SMALL = "--max-semi-space-size=1";
export const RELAY_BUNDLE = resolve(import.meta.dirname, "../dist/model-relay.cjs");
export const LAUNCHER = resolve(import.meta.dirname, "../bin/harness-agent");

export interface AgentRun {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The line on the ready descriptor; rejects when the process ends before. */
  readonly ready: Promise<{ ready: true; pid: number; nonce?: string }>;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stderr(): string;
}

export interface AgentOptions {
  readonly args?: string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Goes before the node command: a wrapper. */
  readonly before?: string[];
}

export interface TestSession {
  readonly id: string;
  readonly paths: SessionPaths;
  start(options?: AgentOptions): AgentRun;
  /** Starts it and waits until it is ready. */
  run(options?: AgentOptions): Promise<AgentRun>;
  send(text: string): Promise<string>;
  /** Chooses an option of a question or a permission. */
  answer(to: string, option: string): Promise<unknown>;
  reply(message: string, timeoutMs?: number): Promise<Outbound>;
  reports(): Promise<Outbound[]>;
  status(): Status;
  events(): Promise<Event[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SessionOptions {
  readonly agent?: object;
  readonly goal?: string;
  /** More of session.json. */
  readonly spec?: Partial<SessionSpec>;
  /** Where sessions are made; a temporary directory unless given. */
  readonly root?: string;
}

/** A session with the scripted driver unless told otherwise. Its agent processes end with the test. */
export async function testSession(options: SessionOptions = {}): Promise<TestSession> {
  const directory = options.root === undefined ? temporaryDirectory("harness-agent-") : null;
  const id = newSessionId();
  const paths = sessionPaths(join(options.root ?? directory?.path ?? "", id));
  const agent = { driver: "scripted", ...options.agent };
  await createSession(
    paths,
    { v: 1, id, agent, ...options.spec },
    options.goal === undefined ? {} : { goal: options.goal },
  );
  return sessionAt(paths, id, async () => directory?.[Symbol.asyncDispose]());
}

/** A directory with nothing in it yet. */
export async function emptySession(id = "foreign"): Promise<TestSession> {
  const directory = temporaryDirectory("harness-agent-");
  const paths = sessionPaths(join(directory.path, id));
  mkdirSync(paths.directory);
  return sessionAt(paths, id, () => directory[Symbol.asyncDispose]());
}

function sessionAt(paths: SessionPaths, id: string, dispose: () => Promise<unknown>): TestSession {
  const runs: AgentRun[] = [];
  const start = (options: AgentOptions = {}) => {
    const run = startAgent(paths, id, options);
    runs.push(run);
    return run;
  };
  const outbox = openOutbox(paths.outbox);
  const reports = async () => Promise.all((await outbox.list()).map((name) => outbox.read(name)));
  return {
    id,
    paths,
    start,
    async run(options) {
      const run = start(options);
      await run.ready;
      return run;
    },
    answer: (to, option) => sendMessage(paths, { kind: "answer", body: { to, option } }),
    send: async (text) => (await sendMessage(paths, { kind: "prompt", body: { text } })).id,
    reply: (message, timeoutMs = 10_000) =>
      until(
        async () =>
          (await reports()).find(({ kind, replyTo }) => replyTo === message && /reply|failed/.test(kind)) ?? false,
        { timeoutMs, what: `a reply to ${message}` },
      ),
    reports,
    status: () => JSON.parse(readFileSync(paths.status, "utf8")) as Status,
    events: async () => (existsSync(paths.events) ? readJsonLines(paths.events) : []),
    async [Symbol.asyncDispose]() {
      for (const run of runs) run.child.kill("SIGKILL");
      await Promise.all(runs.map((run) => run.exit));
      // A test that fails halfway must leave no process behind: those of `tree` never end by themselves.
      await sweepMarked([`HARNESS_SESSION=${id}`, `HOME=${paths.home}`]);
      await dispose();
    },
  };
}

function startAgent(paths: SessionPaths, id: string, options: AgentOptions): AgentRun {
  const command = [...(options.before ?? []), process.execPath, SMALL, BUNDLE, "--session", id, "--ready-fd", "3"];
  const [program = "", ...args] = [...command, ...(options.args ?? [])];
  const child = spawn(program, args, {
    cwd: paths.directory,
    env: { PATH: process.env["PATH"], ...options.env },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((settle) => {
    child.once("exit", (code, signal) => settle({ code, signal }));
  });
  const line = new Promise<string>((settle) => {
    child.stdio[3]?.once("data", (bytes: Buffer) => settle(bytes.toString("utf8")));
  });
  const early = exit.then(({ code, signal }) => {
    throw new Error(`The agent process ended (${code ?? signal}) before it was ready: ${stderr}`);
  });
  const ready = Promise.race([line, early]).then((text) => JSON.parse(text) as { ready: true; pid: number });
  // Not every test waits for it.
  ready.catch(() => {});
  early.catch(() => {});
  return { child, pid: child.pid ?? 0, ready, exit, stderr: () => stderr };
}

/** Steps of the scripted driver as a prompt. */
export function steps(...list: object[]): string {
  return JSON.stringify(list);
}

/** Makes an empty git repository of the session's worktree, with one commit. */
export async function makeWorktree(paths: SessionPaths, files: Record<string, string>): Promise<void> {
  mkdirSync(paths.worktree);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(paths.worktree, name), text);
  const git = ["-C", paths.worktree, "-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
  await runToEnd("git", [...git, "init", "--quiet"]);
  await runToEnd("git", [...git, "add", "."]);
  await runToEnd("git", [...git, "commit", "--quiet", "-m", "Begin"]);
}

export function runToEnd(program: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((settle, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.once("error", reject);
    child.once("close", (code) => settle({ code, ...output }));
  });
}

/** Processes whose environment names the session: its coding agent's tree. */
export function treeOf(id: string): number[] {
  return findMarked([`HARNESS_SESSION=${id}`]);
}
