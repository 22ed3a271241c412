import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import {
  ContextSchema,
  HarnessError,
  isHarnessError,
  readJsonFile,
  SessionSpecSchema,
  SetupSchema,
  setAsideDamaged,
  StatusSchema,
  timestamp,
  writeJsonFile,
  type AgentChoice,
  type Clock,
  type Context,
  type SessionPaths,
  type SessionSpec,
  type Setup,
  type Status,
} from "@harness/core";
import type { RunArguments } from "./arguments.ts";
import { chooseAgent } from "./choose-agent.ts";

export interface OpenedSession {
  readonly spec: SessionSpec;
  readonly choice: AgentChoice;
  readonly context: Context;
  /** Null where nothing has to be set up. */
  readonly setup: Setup | null;
  /** What the last agent process said; null when the session has never run. */
  readonly previous: Status | null;
  /** A process of the session may have run before, whatever is left of its status. */
  readonly used: boolean;
  /** What was damaged and is mended now. */
  readonly degraded: string[];
}

/** Throws `session-not-found`. */
export function requireDirectory(paths: SessionPaths): void {
  if (isDirectory(paths.directory)) return;
  throw new HarnessError("session-not-found", `There is no session directory at ${paths.directory}.`, {
    hint: "Start harness-agent inside the session's directory, or set HARNESS_STATE to it.",
  });
}

/**
 * Reads a session whose lock this process holds; makes what is missing, mends what is damaged.
 * Throws `from-the-future` and leaves such a file as it is.
 */
export async function openSession(paths: SessionPaths, wish: RunArguments, clock: Clock): Promise<OpenedSession> {
  const degraded: string[] = [];
  const used = wasUsed(paths);
  const known = await readSpecFile(paths, wish.session);
  const context = await readMended({ paths, file: "context", schema: ContextSchema, degraded, clock });
  const previous = await readMended({ paths, file: "status", schema: StatusSchema, degraded, clock });
  if (previous?.state === "closed") {
    throw new HarnessError("session-closed", "This session is closed.");
  }
  const setup = (await readJsonFile(paths.setup, SetupSchema))?.value ?? null;
  const choice = chooseAgent(known, wish);
  makeDirectories(paths);
  const spec = known ?? deriveSpec(wish, { choice, context, clock });
  if (!known) await writeJsonFile(paths.spec, spec);
  return { spec, choice, setup, context: context ?? freshContext(spec), previous, used, degraded };
}

function wasUsed({ status, statusPrevious, events, inbox }: SessionPaths): boolean {
  return [status, statusPrevious, events].some((path) => existsSync(path)) || isFilled(inbox.claimed);
}

function isFilled(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).length > 0;
}

async function readSpecFile(paths: SessionPaths, session: string): Promise<SessionSpec | null> {
  const file = await readJsonFile(paths.spec, SessionSpecSchema);
  if (file && file.value.id !== session) {
    throw new HarnessError(
      "session-damaged",
      `session.json belongs to the session ${file.value.id}, not to ${session}.`,
      {
        hint: "Give the id of the session whose directory this is.",
      },
    );
  }
  return file?.value ?? null;
}

interface Mending<T> {
  readonly paths: SessionPaths;
  readonly file: "context" | "status";
  readonly schema: Parameters<typeof readJsonFile<T>>[1];
  readonly degraded: string[];
  readonly clock: Clock;
}

/** The current generation, else the one before, else nothing; a damaged file is kept aside and the damage noted. */
async function readMended<T>({ paths, file, schema, degraded, clock }: Mending<T>): Promise<T | null> {
  const path = paths[file];
  const previous = paths[`${file}Previous`];
  try {
    const found = await readJsonFile(path, schema, { previous });
    if (found?.problem === undefined) return found?.value ?? null;
    await setAsideDamaged(path, clock.now());
    await writeJsonFile(path, found.value);
    degraded.push(`${found.problem} The generation before it was taken.`);
    return found.value;
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "session-damaged") throw error;
    await setAsideDamaged(path, clock.now());
    await setAsideDamaged(previous, clock.now());
    degraded.push(`${error.message} A fresh one was made.`);
    return null;
  }
}

function makeDirectories(paths: SessionPaths): void {
  for (const path of [paths.inbox.path, paths.outbox.path, paths.log, paths.home]) {
    if (isDirectory(path)) continue;
    // What is there in its place is somebody's, and not ours to remove.
    if (lstatSync(path, { throwIfNoEntry: false })) throw misplaced(path, "directory");
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Something else is in the place of a part of the session. */
export function misplaced(path: string, what: "directory" | "plain file"): HarnessError {
  return new HarnessError("session-damaged", `${path} is not a ${what}.`, {
    hint: "Move it away; the next start makes a new one.",
  });
}

interface Deriving {
  readonly choice: AgentChoice;
  readonly context: Context | null;
  readonly clock: Clock;
}

function deriveSpec(wish: RunArguments, { choice, context, clock }: Deriving): SessionSpec {
  return {
    v: 1,
    id: wish.session,
    task: context?.goal,
    agent: choice,
    branch: wish.branch,
    createdAt: timestamp(clock),
  };
}

function freshContext(spec: SessionSpec): Context {
  return { v: 1, session: spec.id, goal: spec.task, plan: [] };
}
