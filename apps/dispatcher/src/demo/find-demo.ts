import { existsSync, realpathSync } from "node:fs";
import { listSessionIds, readSession, type SessionView, type StateRoot } from "@harness/core";
import type { GitContext } from "../worktrees/git.ts";
import { readMerged, shopPath } from "./repository.ts";
import { ROLES, type Role, type RoleName } from "./roles.ts";

export type Cast = Partial<Record<RoleName, SessionView>>;

/** The sessions of the demo, by their labels: everything that the story knows of what happened before. */
export function findCast(root: StateRoot): Cast {
  const cast: Cast = {};
  for (const view of demoSessions(root)) {
    const role = ROLES.find(({ role: name }) => name === view.spec?.labels?.["demo"]);
    if (role && view.status?.state !== "closed") cast[role.role] = view;
  }
  return cast;
}

/** Every session that the demo made, in whatever state it is. */
export function demoSessions(root: StateRoot): SessionView[] {
  return sessionsOfShop(root).filter(isOfDemo);
}

/** Sessions that somebody else started on the scratch repository. */
export function strangers(root: StateRoot): SessionView[] {
  return sessionsOfShop(root).filter((view) => !isOfDemo(view));
}

const isOfDemo = ({ spec }: SessionView): boolean => spec?.labels?.["demo"] !== undefined;

export type DemoState = "none" | "unfinished" | "finished";

export async function demoState(context: GitContext): Promise<DemoState> {
  if (!existsSync(shopPath(context.root))) return "none";
  const merged = await readMerged(context);
  return ROLES.every((role) => isMerged(merged, role)) ? "finished" : "unfinished";
}

export function isMerged(sharedFile: string, { mark }: Role): boolean {
  return sharedFile.includes(mark);
}

function sessionsOfShop(root: StateRoot): SessionView[] {
  const shop = shopPath(root);
  // A session records the real path of its repository.
  const names = [shop, existsSync(shop) ? realpathSync(shop) : shop];
  const ids = existsSync(root.sessions) ? listSessionIds(root) : [];
  return ids.map((id) => readSession(root.session(id))).filter(({ spec }) => names.includes(spec?.repository ?? ""));
}
