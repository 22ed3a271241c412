import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonFileSync, SessionSpecSchema } from "@harness/core";
import { findRepository, type Place } from "./find-repository.ts";
import { type GitContext, runGit } from "./git.ts";
import { readIdentity } from "./identity.ts";
import { hubPath, listHubs, sessionRefs } from "./paths.ts";
import type { WorktreeRecord } from "./record.ts";

/** The record as it was, from session.json and the pinned commit: `run/` can be lost. Null when they do not tell. */
export async function rebuildRecord(context: GitContext, id: string): Promise<WorktreeRecord | null> {
  const { spec, worktree } = context.root.session(id);
  const asked = readJsonFileSync(spec, SessionSpecSchema);
  if (asked?.repository === undefined || asked.branch === undefined || !existsSync(worktree)) return null;
  const { repository, branch, base } = asked;
  const place = await findRepository(context, repository).catch(() => null);
  const pin = await findPin(context, sessionRefs(id, branch).base, place);
  if (pin === null) return null;
  const { hub, start } = pin;
  const baseRef = base === undefined ? null : `refs/heads/${base}`;
  const common = { v: 1 as const, session: id, hub, branch, baseRef, start };
  if (place !== null) {
    const { root: source, gitDirectory, checkout, objectFormat } = place;
    const identity = await readIdentity(context, gitDirectory);
    return { ...common, source, gitDirectory, checkout, objectFormat, identity };
  }
  // The person's repository is gone: the hub is enough to show, save and archive.
  const objectFormat = start.length === 64 ? "sha256" : "sha1";
  const identity = await readIdentity(context, hub);
  return { ...common, source: repository, gitDirectory: join(repository, ".git"), objectFormat, identity };
}

interface Pin {
  hub: string;
  start: string;
}

async function findPin(context: GitContext, ref: string, place: Place | null): Promise<Pin | null> {
  for (const hub of place === null ? listHubs(context.root) : [hubPath(context.root, place)]) {
    const start = await readPin(context, hub, ref);
    if (start !== null) return { hub, start };
  }
  return null;
}

async function readPin(context: GitContext, hub: string, ref: string): Promise<string | null> {
  if (!existsSync(hub)) return null;
  const { code, text } = await runGit(context, ["rev-parse", "--verify", "--quiet", ref], {
    gitDirectory: hub,
    accept: [1],
  });
  return code === 0 ? text : null;
}
