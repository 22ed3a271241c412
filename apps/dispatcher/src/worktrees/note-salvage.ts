import { statSync } from "node:fs";
import { readJsonFileSync } from "@harness/core";
import { measureTrees } from "../trees.ts";
import type { GitContext } from "./git.ts";
import { worktreePaths } from "./paths.ts";
import { describeSession, type Salvage } from "./salvage.ts";
import {
  findMoved,
  type Reason,
  type SalvageRecord,
  SalvageRecordSchema,
  writeSalvageRecord,
} from "./salvage-record.ts";

export interface Noted {
  id: string;
  reason: Reason;
  saved: Salvage;
}

/** Writes down what is kept of a session, if anything is. What an earlier salvage kept is still kept. */
export async function noteSalvage(context: GitContext, { id, reason, saved }: Noted): Promise<void> {
  const { root } = context;
  const moved = findMoved(root, id);
  const earlier = readJsonFileSync(worktreePaths(root, id).salvage, SalvageRecordSchema);
  if (saved.facts === null && moved.length === 0) return;
  const { commit, ref, hub, patch, ignored } = saved;
  const facts = saved.facts ?? {
    ...(earlier ?? { repository: null, branch: null, start: null, commits: [], uncommitted: saved.uncommitted }),
    ...describeSession(context, id),
    ignored,
    reason,
  };
  const beside = (await measureTrees(moved)) + (patch === null ? 0 : statSync(patch).size);
  const bytes = saved.bytes + beside;
  const fresh = { ...facts, commit, ref, hub, patch, moved, bytes };
  // Nothing new in git: what it keeps is what it kept.
  const git = saved.facts === null && earlier !== null ? pickGit(earlier) : {};
  await writeSalvageRecord(root, { ...fresh, ...git, bytes: bytes + (git.bytes ?? 0) });
}

function pickGit({ commit, ref, hub, patch, bytes }: SalvageRecord): Partial<SalvageRecord> {
  return { commit, ref, hub, patch, bytes };
}
