import { join } from "node:path";
import { HarnessError, isHarnessError } from "@harness/core";
import { type GitContext, runGit } from "./git.ts";
import { FETCH } from "./hub.ts";
import { type Mirror, requireTip } from "./mirror.ts";
import { sessionRefs } from "./paths.ts";
import type { Changes } from "./read-status.ts";
import { countChanges, takeSnapshot } from "./snapshot.ts";

export interface Import {
  branch: string;
  /** The commit the branch stands on, now in the hub. */
  oid: string;
  /** The ref in the hub that keeps it. */
  ref: string;
  /** What the session has not committed, and what therefore did not come along. */
  uncommitted: Changes;
}

const TIMEOUT_MS = 15 * 60_000;

/**
 * Brings the branch of a session, as its mirror holds it, into the hub: objects, each of them checked, and one ref of ours.
 * Throws `missing-branch`, `import-refused`, `timed-out`.
 */
export async function importMirror(context: GitContext, mirror: Mirror): Promise<Import> {
  const { session, branch } = mirror.record;
  const oid = requireTip(mirror);
  const { import: ref } = sessionRefs(session, branch);
  await fetchMirror(context, mirror, { oid, ref });
  const { tree } = await takeSnapshot(context, mirror);
  return { branch, oid, ref, uncommitted: await countChanges(mirror, oid, tree) };
}

/**
 * Fetches one commit from a mirror into the hub, or into another repository of ours; every object is checked. Behind the
 * wall both ends see the two repositories alone, and of the second they can change objects and refs, not what tells git
 * to run a program.
 */
export async function fetchMirror(
  context: GitContext,
  mirror: Mirror,
  wanted: { oid: string; ref: string; into?: string },
): Promise<void> {
  const { record, gitDirectory } = mirror;
  const args = [...FETCH, gitDirectory, `+${wanted.oid}:${wanted.ref}`];
  const into = wanted.into ?? record.hub;
  // Another repository may borrow from the hub.
  const wall = {
    readOnly: [...new Set([gitDirectory, record.hub, into])],
    readWrite: [join(into, "objects"), join(into, "refs")],
  };
  const config = ["fetch.fsckObjects=true", "fetch.unpackLimit=1"];
  try {
    await runGit(context, args, { gitDirectory: into, config, timeoutMs: TIMEOUT_MS, wall });
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "git-failed") throw error;
    throw new HarnessError(
      "import-refused",
      `The commits of session ${record.session} did not pass: ${error.message}`,
      { cause: error },
    );
  }
}
