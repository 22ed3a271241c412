import { ownerOf, type Owner, type SessionPaths } from "@harness/core";

/**
 * Root starts the processes of a session as whoever owns its directory: a user of its own, whose session it is, or root.
 * Null where that is this process's user, or cannot be changed.
 */
export function sessionUser({ directory }: SessionPaths): Owner | null {
  const owner = process.geteuid?.() === 0 ? ownerOf(directory) : null;
  return owner === null || owner.uid === 0 ? null : owner;
}

/** The same as it is told. */
export function runsAs(paths: SessionPaths): { runsAs?: number } {
  const owner = sessionUser(paths);
  return owner === null ? {} : { runsAs: owner.uid };
}
