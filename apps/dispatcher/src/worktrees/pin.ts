import { type GitContext, runGit } from "./git.ts";

/** Keeps a commit in the hub for a merge that waits, whatever becomes of the session. */
export async function pinCommit(
  context: GitContext,
  hub: string,
  { merge, commit }: { merge: string; commit: string },
): Promise<void> {
  await keepRef(context, hub, { ref: pinRef(merge), commit });
}

export async function keepRef(
  context: GitContext,
  hub: string,
  { ref, commit }: { ref: string; commit: string },
): Promise<void> {
  await runGit(context, ["update-ref", ref, commit], { gitDirectory: hub });
}

export async function unpinCommit(context: GitContext, hub: string, merge: string): Promise<void> {
  await runGit(context, ["update-ref", "-d", pinRef(merge)], { gitDirectory: hub });
}

export function pinRef(merge: string): string {
  return `refs/harness/merge/${merge}`;
}
