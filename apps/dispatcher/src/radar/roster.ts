import { join } from "node:path";
import type { SessionSummary } from "../sessions/schema.ts";
import type { GitContext } from "../worktrees/git.ts";
import { findRecord, type WorktreeRecord } from "../worktrees/record.ts";
import type { RadarSession } from "./members.ts";
import { refSignature } from "./ref-signature.ts";

interface Entry {
  id: string;
  name: string | null;
  record: WorktreeRecord | null;
  attempts: number;
}

/** The open sessions that work on a branch, by repository, and which repositories have changed since they were last looked at. */
export interface Roster {
  note(session: Pick<SessionSummary, "id" | "name" | "state" | "branch" | "repository">): void;
  drop(id: string): void;
  /** Hubs with sessions, and hubs that have none any more since the last look. */
  hubs(): string[];
  sessionsOf(hub: string): RadarSession[];
  /** Hubs in which a branch of a session or a target may have moved, or a session came or went. */
  changed(): string[];
  /** Begins a look: what changes from here on is a change. */
  see(hub: string): void;
  /** The look failed: everything is still to be seen. */
  unsee(hub: string): void;
  /** Finds out which repository new sessions belong to. */
  settle(): Promise<void>;
}

const ATTEMPTS = 5;
const UNSEEN = "unseen";

export function createRoster(context: GitContext): Roster {
  const entries = new Map<string, Entry>();
  const seen = new Map<string, string>();

  const sessionsOf = (hub: string): RadarSession[] =>
    [...entries.values()].flatMap(({ id, name, record }) => (record?.hub === hub ? [{ id, name, record }] : []));
  const hubs = () => [
    ...new Set([...seen.keys(), ...[...entries.values()].flatMap(({ record }) => record?.hub ?? [])]),
  ];
  // The same target is looked at once for all its sessions.
  const signature = (hub: string): string => {
    const targets = new Map<string, string>();
    const tips = sessionsOf(hub).map(({ id, record: { branch, baseRef, gitDirectory } }) => {
      if (baseRef !== null) targets.set(baseRef, targets.get(baseRef) ?? refSignature(gitDirectory, baseRef));
      return `${id} ${refSignature(join(context.root.session(id).worktree, ".git"), `refs/heads/${branch}`)}`;
    });
    return [...tips.toSorted(), ...targets.values()].join("\n");
  };
  return {
    sessionsOf,
    hubs,
    note: ({ id, name, state, branch, repository }) => {
      if (state === "closed" || branch === null || repository === null) entries.delete(id);
      else if (!entries.has(id)) entries.set(id, { id, name, record: null, attempts: 0 });
    },
    drop: (id) => void entries.delete(id),
    changed: () => hubs().filter((hub) => signature(hub) !== seen.get(hub)),
    see: (hub) => {
      if (sessionsOf(hub).length === 0) seen.delete(hub);
      else seen.set(hub, signature(hub));
    },
    unsee: (hub) => void seen.set(hub, UNSEEN),
    settle: async () => {
      for (const entry of entries.values()) {
        if (entry.record !== null || entry.attempts >= ATTEMPTS) continue;
        entry.attempts += 1;
        entry.record = await findRecord(context, entry.id).catch(() => null);
      }
    },
  };
}
