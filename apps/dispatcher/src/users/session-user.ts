import { HarnessError, ownerOf, type Owner, type SessionPaths } from "@harness/core";
import type { Users } from "./own-users.ts";
import { primaryGroup } from "./primary-group.ts";

const ROOT = 0;

/** Whose a session is by its directory; null where that is this process's user, or users cannot be changed. */
export function sessionUser({ directory }: SessionPaths): Owner | null {
  const owner = process.geteuid?.() === 0 ? ownerOf(directory) : null;
  return owner === null || owner.uid === ROOT ? null : owner;
}

/**
 * As whom root starts the processes of a session: whoever owns its directory. A person's session runs in the person's
 * group, whatever group the directory was left with. Throws `spawn-failed` rather than in root's group.
 */
export async function startUser(paths: SessionPaths, users: Pick<Users, "ownOf">): Promise<Owner | null> {
  const owner = sessionUser(paths);
  if (owner === null || users.ownOf(paths.directory) !== null) return owner;
  const gid = (await primaryGroup(owner.uid)) ?? owner.gid;
  if (gid !== ROOT) return { uid: owner.uid, gid };
  throw new HarnessError(
    "spawn-failed",
    `The session belongs to user ${owner.uid}, for whom there is no group but root's. Give its directory a group of theirs.`,
  );
}

/** The user as it is told. */
export function runsAs(paths: SessionPaths): { runsAs?: number } {
  const owner = sessionUser(paths);
  return owner === null ? {} : { runsAs: owner.uid };
}
