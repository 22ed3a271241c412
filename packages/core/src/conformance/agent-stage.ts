import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJsonFileSync } from "../fs/json-file.ts";
import { newSessionId } from "../ids.ts";
import { sessionPaths, type SessionPaths } from "../layout/session-directory.ts";
import { openOutbox } from "../mailbox/outbox.ts";
import { lookLock } from "../process/lock.ts";
import type { Outbound } from "../schema/outbound.ts";
import { type Status, StatusSchema } from "../schema/status.ts";
import { ECHO_PROGRAM } from "./echo-program.ts";
import { locateCommand, type Program, startProgram } from "./program.ts";
import { type ConformanceOptions, pause, waitFor } from "./report.ts";

const START_MS = 10_000;
const REPLY_MS = 15_000;
const COMPLAINT_LENGTH = 400;

/** Where one check of an agent process takes place: a root with one session and the processes started on it. */
export interface AgentStage {
  readonly paths: SessionPaths;
  readonly session: string;
  /** A time limit, as the caller's patience stretches it. */
  limit(ms: number): number;
  /** Writes a file of the session as any program would. */
  put(path: string, content: string): void;
  /** Starts the agent process on the session, with the echo program as its coding agent. */
  start(): Program;
  /** The same, once it lives: holds the lock and says so. */
  startAndWait(): Promise<Program>;
  status(): Status | null;
  /** The replies to a message that are in the outbox. */
  replies(message: string): Promise<Outbound[]>;
  waitForReply(message: string): Promise<Outbound & { kind: "reply" }>;
  close(): Promise<void>;
  complaints(): string;
}

/** What stands in a session directory before its first start; a script of a few lines makes no more. */
export type Bare = "bare" | "usual";

export async function openAgentStage(options: ConformanceOptions, bare: Bare): Promise<AgentStage> {
  const root = mkdtempSync(join(tmpdir(), "harness-conformance-"));
  const session = newSessionId();
  const paths = sessionPaths(join(root, session));
  const echo = join(root, "echo.cjs");
  writeFileSync(echo, ECHO_PROGRAM);
  mkdirSync(paths.directory, { mode: 0o700 });
  if (bare === "usual") {
    for (const path of [paths.inbox.path, paths.outbox.path, paths.log]) mkdirSync(path);
    writeFileSync(paths.token, "token-of-the-kit\n", { mode: 0o600 });
    writeFileSync(paths.context, '{"plan": []}');
  }
  const command = [...locateCommand(options.command, options.path), "--session", session, "--", process.execPath, echo];
  const patience = options.patience ?? 1;
  const outbox = openOutbox(paths.outbox);
  const programs: Program[] = [];
  const limit = (ms: number) => ms * patience;

  const status = () => readJsonFileSync(paths.status, StatusSchema);
  const start = () => {
    // Nothing else: a client that starts an agent process need not know its surroundings.
    const program = startProgram(command, { cwd: paths.directory, env: { HARNESS_STATE: paths.directory } });
    programs.push(program);
    return program;
  };
  const replies = async (message: string) => {
    const found: Outbound[] = [];
    for (const id of await outbox.list()) {
      const report = await outbox.read(id).catch(() => null);
      if (report?.kind === "reply" && report.replyTo === message) found.push(report);
    }
    return found;
  };

  return {
    paths,
    session,
    limit,
    put: (path, content) => writeFileSync(path, content),
    start,
    startAndWait: async () => {
      const program = start();
      const lives = () => {
        const process = status()?.process;
        return process !== undefined && lookLock(paths.lock, process) === "held";
      };
      const otherwise = () => `${describeExit(program)}; status.json and .lock show no living process.`;
      await waitFor(() => lives() || program.exit() !== null, { timeoutMs: limit(START_MS), otherwise });
      if (!lives()) throw new Error(otherwise());
      return program;
    },
    status,
    replies,
    waitForReply: async (message) => {
      const due = performance.now() + limit(REPLY_MS);
      for (;;) {
        const [reply] = await replies(message);
        if (reply?.kind === "reply") return reply;
        if (performance.now() > due) throw new Error(`No reply to ${message} came in ${limit(REPLY_MS) / 1000} s.`);
        await pause(50);
      }
    },
    close: async () => {
      for (const program of programs) program.kill("SIGCONT");
      await Promise.all(programs.map((program) => program.end()));
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    complaints: () =>
      programs
        .map((program) => program.stderr().trim().slice(0, COMPLAINT_LENGTH))
        .filter((text) => text !== "")
        .join(" | "),
  };
}

export function describeExit(program: Program): string {
  const exit = program.exit();
  if (exit === null) return `it still runs (pid ${program.pid})`;
  return exit.signal === null ? `it ended with ${exit.code}` : `it was ended by ${exit.signal}`;
}
