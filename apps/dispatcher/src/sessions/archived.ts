import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isId, parseId, readSession, type SessionPaths, sessionPaths, type StateRoot } from "@harness/core";
import type { SessionSummary } from "./schema.ts";
import { summarizeSession } from "./summarize.ts";

/** A session in `archive/`: the directory as it was, and nothing outside that it needs. */
export function archivedPaths(root: StateRoot, id: string): SessionPaths {
  return sessionPaths(join(root.archive, parseId(id, "session id")));
}

export function listArchived(root: StateRoot): string[] {
  if (!existsSync(root.archive)) return [];
  const entries = readdirSync(root.archive, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isId(entry.name)).map(({ name }) => name);
}

/** One archived session as lists show it: closed, whatever its files say, because nothing can run it any more. */
export function summarizeArchived(root: StateRoot, id: string, nowMs: number): SessionSummary {
  const paths = archivedPaths(root, id);
  const rejected = new Map<string, string>();
  const observation = { lost: false, keyInside: false, limit: 0, pid: null, rejected, collisions: [] };
  const summary = summarizeSession({ view: readSession(paths), wanted: null, observation, nowMs });
  return { ...summary, state: "closed", badge: "done", alive: false, notes: [`Archived in ${paths.directory}.`] };
}
