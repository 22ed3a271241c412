import { existsSync } from "node:fs";
import type { GitContext } from "../worktrees/git.ts";
import { runGit } from "../worktrees/git.ts";
import { listHubs, worktreePaths } from "../worktrees/paths.ts";
import { findMoved, parseMessage, readSalvageRecords, type SalvageRecord } from "../worktrees/salvage-record.ts";

export interface KeptSalvage extends SalvageRecord {
  /** What of it is not there any more, in a sentence; null when all is well. */
  problem: string | null;
}

const PREFIX = "refs/harness/salvage/";
const FORMAT = `--format=%(refname)%00%(objectname)%00%(committerdate:iso-strict)%00%(contents)%00`;

/**
 * Everything that is kept of sessions, newest first: what the records in `archive/` say, and what the hubs hold without a
 * record, because a commit tells of itself.
 */
export async function listSalvages(context: GitContext): Promise<KeptSalvage[]> {
  const held = new Map<string, SalvageRecord>();
  for (const hub of listHubs(context.root)) {
    for (const found of await readHub(context, hub)) held.set(`${hub}\0${found.ref}`, found);
  }
  const listed = readSalvageRecords(context.root).map((record): KeptSalvage => {
    if (record.hub === null || record.ref === null) return { ...record, problem: null };
    const found = held.get(`${record.hub}\0${record.ref}`);
    held.delete(`${record.hub}\0${record.ref}`);
    if (found === undefined) return { ...record, problem: describeLost(record) };
    // The ref only ever gains: where it stands elsewhere it was saved again by somebody who could not write it down.
    return found.commit === record.commit
      ? { ...record, problem: null }
      : { ...found, moved: record.moved, problem: null };
  });
  const rest = [...held.values()].map((record): KeptSalvage => ({ ...record, problem: null }));
  return [...listed, ...rest].toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

async function readHub(context: GitContext, hub: string): Promise<SalvageRecord[]> {
  const { text } = await runGit(context, ["for-each-ref", FORMAT, PREFIX], { gitDirectory: hub });
  const fields = text.split("\0");
  const found: SalvageRecord[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [name = "", commit = "", date = "", message = ""] = fields.slice(at, at + 4);
    const ref = name.trimStart();
    const session = ref.slice(PREFIX.length);
    const told = parseMessage(message);
    // A session's own commit could stand there only if somebody put it there by hand.
    const facts = told?.session === session ? told : unknownFacts(session, date);
    const { patch } = worktreePaths(context.root, session);
    const moved = findMoved(context.root, session);
    found.push({ ...facts, hub, ref, commit, patch: existsSync(patch) ? patch : null, moved, bytes: 0 });
  }
  return found;
}

function unknownFacts(session: string, at: string) {
  const nothing = { count: 0, names: [] };
  return {
    v: 1 as const,
    session,
    name: null,
    task: null,
    repository: null,
    branch: null,
    start: null,
    reason: "removed" as const,
    at,
    commits: [],
    uncommitted: { modified: 0, untracked: 0 },
    ignored: nothing,
  };
}

function describeLost({ hub, ref, patch }: SalvageRecord): string {
  const lost = existsSync(hub ?? "") ? `${ref} is no longer in its hub` : `Its hub is gone: ${hub}`;
  return patch !== null && existsSync(patch) ? `${lost}. The patch is still there.` : `${lost}.`;
}
