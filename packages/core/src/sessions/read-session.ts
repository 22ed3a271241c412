import { statSync } from "node:fs";
import { basename } from "node:path";
import type * as z from "zod/mini";
import { HarnessError, isHarnessError } from "../errors.ts";
import { readGenerations } from "../fs/json-file.ts";
import { isId } from "../ids.ts";
import type { SessionPaths } from "../layout/session-directory.ts";
import { lockHeartbeatAt, lookLock } from "../process/lock.ts";
import { type Context, ContextSchema } from "../schema/context.ts";
import { type SessionSpec, SessionSpecSchema } from "../schema/session.ts";
import { type Status, StatusSchema } from "../schema/status.ts";

/** The driver of a session whose `session.json` is absent: whoever starts the agent process decides. */
export const UNDECIDED_DRIVER = "default";

export interface SessionView {
  id: string;
  /** Derived when `session.json` is absent, null when it is damaged. */
  spec: SessionSpec | null;
  /** Null when the session never ran, or when it is damaged. */
  status: Status | null;
  context?: Context;
  /** The recorded agent process holds the lock. */
  alive: boolean;
  /** When it last gave proof of life, milliseconds since the epoch. */
  heartbeatAt: number | null;
  damaged: { part: string; problem: string }[];
}

/** A whole session from its files, at once. Never throws for a damaged part: it is named, and the rest is there. */
export function readSession(paths: SessionPaths): SessionView {
  const damaged: SessionView["damaged"] = [];
  const read = <T>(path: string, schema: z.core.$ZodType<T>, previous?: string): T | null => {
    try {
      const file = readGenerations(path, schema, previous === undefined ? {} : { previous });
      if (file?.problem !== undefined) damaged.push({ part: basename(path), problem: file.problem });
      return file?.value ?? null;
    } catch (error) {
      damaged.push({ part: basename(path), problem: error instanceof Error ? error.message : String(error) });
      return null;
    }
  };
  const status = read(paths.status, StatusSchema, paths.statusPrevious);
  const context = read(paths.context, ContextSchema, paths.contextPrevious);
  const spec = read(paths.spec, SessionSpecSchema);
  const specIsDamaged = damaged.some(({ part }) => part === basename(paths.spec));
  return {
    id: basename(paths.directory),
    spec: spec ?? (specIsDamaged ? null : deriveSpec(paths, context)),
    status,
    ...(context === null ? {} : { context }),
    alive: orElse(false, () => lookLock(paths.lock, status?.process ?? null) === "held"),
    heartbeatAt: orElse(null, () => lockHeartbeatAt(paths.lock)),
    damaged,
  };
}

/**
 * What was asked of a session: `session.json`, or where that is absent what the directory's name and `context.json` say.
 * Throws `session-not-found`, `session-damaged`, `from-the-future`.
 */
export function readSpec(paths: SessionPaths): SessionSpec {
  const written = readGenerations(paths.spec, SessionSpecSchema);
  if (written !== null) return written.value;
  if (
    !isId(basename(paths.directory)) ||
    statSync(paths.directory, { throwIfNoEntry: false })?.isDirectory() !== true
  ) {
    throw new HarnessError("session-not-found", `There is no session ${basename(paths.directory)}.`);
  }
  return deriveSpec(paths, readContextIfSound(paths));
}

function deriveSpec(paths: SessionPaths, context: Context | null): SessionSpec {
  const task = context?.goal;
  return {
    v: 1,
    id: basename(paths.directory),
    ...(task === undefined ? {} : { task }),
    agent: { driver: UNDECIDED_DRIVER },
  };
}

function readContextIfSound(paths: SessionPaths): Context | null {
  try {
    return readGenerations(paths.context, ContextSchema, { previous: paths.contextPrevious })?.value ?? null;
  } catch (error) {
    // A damaged context costs the task's name; its owner, the agent process, deals with it.
    if (isHarnessError(error)) return null;
    throw error;
  }
}

function orElse<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    // A part of somebody else's directory that cannot be looked at must not hide the session.
    return fallback;
  }
}
