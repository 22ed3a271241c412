import { existsSync } from "node:fs";
import { listSessionIds, type StateRoot } from "@harness/core";
import type { SessionSummary } from "../sessions/schema.ts";
import { listArchived, summarizeArchived } from "../sessions/archived.ts";
import { oldestFirst } from "../sessions/oldest-first.ts";
import { readSessionFiles, type Configured } from "./read-summary.ts";

export interface SessionList {
  /** Oldest first. */
  sessions: SessionSummary[];
  /** Closed and archived ones that were left out. */
  hidden: number;
}

/** The sessions as their files tell them, with and without a dispatcher. Throws `storage-lost`. */
export function listFiles(
  root: StateRoot,
  options: { all: boolean; configured?: Configured | undefined },
): SessionList {
  const ids = existsSync(root.path) ? listSessionIds(root) : [];
  const archived = listArchived(root);
  const sessions = ids
    .map((id) => readSessionFiles(root, id, options.configured).summary)
    .filter(({ state }) => options.all || state === "open")
    .concat(options.all ? archived.map((id) => summarizeArchived(root, id, Date.now())) : [])
    .toSorted(oldestFirst);
  return { sessions, hidden: ids.length + archived.length - sessions.length };
}
