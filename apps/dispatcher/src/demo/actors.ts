import { HarnessError, type SessionPaths, type SessionView } from "@harness/core";
import { findCast } from "./find-demo.ts";
import { ROLES, type Role } from "./roles.ts";
import type { Story } from "./story.ts";

/** One of the two sessions as it is now. */
export interface Actor {
  role: Role;
  view: SessionView;
  paths: SessionPaths;
}

export function actors({ root }: Pick<Story, "root">): Actor[] {
  const cast = findCast(root);
  return ROLES.flatMap((role) => {
    const view = cast[role.role];
    return view ? [{ role, view, paths: root.session(view.id) }] : [];
  });
}

/** Throws `session-not-found` when one of them was removed. */
export function pair(story: Pick<Story, "root">): [Actor, Actor] {
  const [left, right] = actors(story);
  if (left && right) return [left, right];
  throw gone();
}

export function gone(): HarnessError {
  return new HarnessError("session-not-found", "A session of the demo is gone.", {
    hint: "`harness demo` starts it again.",
  });
}
