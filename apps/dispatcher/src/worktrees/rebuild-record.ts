import { existsSync } from "node:fs";
import { readJsonFileSync, SessionSpecSchema } from "@harness/core";
import { findRepository } from "./find-repository.ts";
import { type GitContext, runGit } from "./git.ts";
import { readIdentity } from "./identity.ts";
import { hubPath, sessionRefs } from "./paths.ts";
import type { WorktreeRecord } from "./record.ts";

/** The record as it was, from session.json and the pinned commit: `run/` can be lost. Null when they do not tell. */
export async function rebuildRecord(context: GitContext, id: string): Promise<WorktreeRecord | null> {
  const { spec, worktree } = context.root.session(id);
  const asked = readJsonFileSync(spec, SessionSpecSchema);
  if (asked?.repository === undefined || asked.branch === undefined || !existsSync(worktree)) return null;
  const place = await findRepository(context, asked.repository).catch(() => null);
  if (place === null) return null;
  const hub = hubPath(context.root, place);
  const start = await readPin(context, hub, sessionRefs(id, asked.branch).base);
  if (start === null) return null;
  return {
    v: 1,
    session: id,
    source: place.root,
    gitDirectory: place.gitDirectory,
    hub,
    branch: asked.branch,
    baseRef: asked.base === undefined ? null : `refs/heads/${asked.base}`,
    start,
    objectFormat: place.objectFormat,
    identity: await readIdentity(context, place.gitDirectory),
  };
}

async function readPin(context: GitContext, hub: string, ref: string): Promise<string | null> {
  if (!existsSync(hub)) return null;
  const { code, text } = await runGit(context, ["rev-parse", "--verify", "--quiet", ref], {
    gitDirectory: hub,
    accept: [1],
  });
  return code === 0 ? text : null;
}
