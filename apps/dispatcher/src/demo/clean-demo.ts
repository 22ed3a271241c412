import { existsSync, realpathSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { GitContext } from "../worktrees/git.ts";
import { hubPath } from "../worktrees/paths.ts";
import { dropTemplates } from "../worktrees/templates.ts";
import { demoSessions, strangers } from "./find-demo.ts";
import type { Door } from "./narrator.ts";
import { shopPath } from "./repository.ts";

export interface Cleaned {
  sessions: string[];
  /** Null when it was not there, or is in use by other sessions. */
  repository: string | null;
  /** Other sessions that work on the scratch repository. */
  inUseBy: string[];
}

/** Takes away what the demo made: its sessions and its scratch repository, and nothing else. */
export async function cleanDemo({ root }: GitContext, door: Pick<Door, "discard">): Promise<Cleaned> {
  const sessions = demoSessions(root).map(({ id }) => id);
  for (const id of sessions) await door.discard(id);
  const shop = shopPath(root);
  const inUseBy = strangers(root).map(({ id }) => id);
  if (!existsSync(shop) || inUseBy.length > 0) return { sessions, repository: null, inUseBy };
  const hub = hubPath(root, { root: realpathSync(shop), name: basename(shop) });
  await dropTemplates(hub);
  rmSync(hub, { recursive: true, force: true });
  rmSync(root.demo, { recursive: true, force: true });
  return { sessions, repository: shop, inUseBy };
}
