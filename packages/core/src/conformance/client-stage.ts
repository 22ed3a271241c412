import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { derivedMessageId, newSessionId } from "../ids.ts";
import { sessionPaths, type SessionPaths } from "../layout/session-directory.ts";
import { openInbox } from "../mailbox/inbox.ts";
import { publishReport } from "../mailbox/outbox.ts";
import type { ReadyMessage } from "../mailbox/scan.ts";
import { FORMAT_VERSION } from "../schema/versioned.ts";
import { locateCommand, type Program, startProgram } from "./program.ts";
import { type ConformanceOptions, pause } from "./report.ts";

const SCAN_MS = 500;
const AFTER_END_MS = 4_000;
const COMPLAINT_LENGTH = 400;

/** Where one check of a client takes place: a session without an agent process, whose inbox the kit reads. */
export interface ClientStage {
  readonly paths: SessionPaths;
  limit(ms: number): number;
  /** Starts the client with a text to send. */
  send(text: string): Program;
  /** What arrives whole in the inbox by the rules of an agent process; at least `count`, or what came in time. */
  receive(count: number, timeoutMs: number): Promise<ReadyMessage[]>;
  /** What was refused, with reasons. */
  readonly rejected: string[];
  /** Names in the inbox that are no message names. */
  readonly ignored: string[];
  reply(message: string, text: string): Promise<void>;
  close(): Promise<void>;
  complaints(): string;
}

export async function openClientStage(options: ConformanceOptions): Promise<ClientStage> {
  const root = mkdtempSync(join(tmpdir(), "harness-conformance-"));
  const session = newSessionId();
  const paths = sessionPaths(join(root, session));
  mkdirSync(paths.directory, { mode: 0o700 });
  for (const path of [paths.inbox.path, paths.outbox.path, paths.log]) mkdirSync(path);
  writeFileSync(paths.token, "token-of-the-kit\n", { mode: 0o600 });
  writeFileSync(paths.context, '{"goal": "be talked to", "plan": []}');
  const [file = "", ...parameters] = locateCommand(options.command, options.path);
  const env: Record<string, string> = { HARNESS_STATE: paths.directory };
  if (options.path !== undefined) env["PATH"] = options.path;
  const programs: Program[] = [];
  const rejected: string[] = [];
  const ignored: string[] = [];
  const inbox = openInbox(paths.inbox, {
    onRejected: (id, reason) => void rejected.push(`${id} (${reason})`),
    onIgnored: (names) => void ignored.push(...names),
  });
  const limit = (ms: number) => ms * (options.patience ?? 1);

  return {
    paths,
    limit,
    rejected,
    ignored,
    send: (text) => {
      const program = startProgram([file, ...parameters, text], { cwd: root, env });
      programs.push(program);
      return program;
    },
    receive: async (count, timeoutMs) => {
      const due = performance.now() + timeoutMs;
      let endedAt = performance.now();
      for (;;) {
        const messages = await inbox.scan();
        if (messages.length >= count || performance.now() > due) return messages;
        // Nothing more comes of clients that have ended, once a plain text had the time to count as whole.
        if (programs.some((program) => program.exit() === null)) endedAt = performance.now();
        if (performance.now() - endedAt > AFTER_END_MS) return messages;
        await pause(SCAN_MS);
      }
    },
    reply: async (message, text) => {
      const id = derivedMessageId(session, message, 1);
      const createdAt = new Date().toISOString();
      const body = { text, stopReason: "end_turn" as const };
      await publishReport(paths.outbox, { v: FORMAT_VERSION, id, kind: "reply", replyTo: message, createdAt, body });
    },
    close: async () => {
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
