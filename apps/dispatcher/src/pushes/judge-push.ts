import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { isHarnessError } from "@harness/core";
import type { Entry } from "../merges/risk/judge-entry.ts";
import { readEntries } from "../merges/risk/read-entries.ts";
import { judgePath } from "../merges/risk/risky-paths.ts";
import { readShallow, writeGitDirectory } from "../worktrees/git-directory.ts";
import type { GitContext } from "../worktrees/git.ts";
import { hasCommit } from "../worktrees/hub.ts";
import { fetchMirror } from "../worktrees/import.ts";
import { type Mirror, withMirror } from "../worktrees/mirror.ts";
import { worktreePaths } from "../worktrees/paths.ts";
import { fetchTarget, readTarget } from "../worktrees/target.ts";

const REF = "refs/harness/pushed";

export interface JudgedPush {
  readonly session: string;
  /** Where the branch is at the remote; zeros where there is none. */
  readonly old: string;
  readonly new: string;
}

/**
 * The paths of a commit that a remote would run, or obey, and that nobody has seen before: they are otherwise than where the
 * session began, than its target, and than what the remote's branch has. The commit comes out of the session's repository
 * into one that is there for this look alone, each object checked: what is looked at is what that commit names, whatever the
 * session has under its name. Throws what `withMirror` and `fetchMirror` throw.
 */
export function findWorkflows(context: GitContext, push: JudgedPush): Promise<string[]> {
  return withMirror(context, push.session, async (mirror) => {
    const gitDirectory = await mkdtemp(worktreePaths(context.root, push.session).mirrorPrefix);
    try {
      return await look(context, { mirror, push, gitDirectory });
    } finally {
      await rm(gitDirectory, { recursive: true, force: true });
    }
  });
}

interface Look {
  readonly mirror: Mirror;
  readonly push: JudgedPush;
  readonly gitDirectory: string;
}

async function look(context: GitContext, { mirror, push, gitDirectory }: Look): Promise<string[]> {
  const { hub, objectFormat, start } = mirror.record;
  const shallow = await readShallow(hub);
  const borrow = join(hub, "objects");
  await writeGitDirectory(gitDirectory, { objectFormat, borrow, branch: "none", refs: new Map(), shallow });
  await fetchMirror(context, mirror, { oid: push.new, ref: REF, into: gitDirectory });
  const changed = async (from: string) => {
    const entries = await readEntries(context, gitDirectory, { from, to: push.new });
    return entries.filter(isWorkflow).map(({ path }) => path);
  };
  let found = await changed(start);
  for (const seen of [push.old, found.length === 0 ? null : await findTarget(context, mirror)]) {
    if (found.length === 0 || seen === null || !(await hasCommit(context, gitDirectory, seen))) continue;
    const other = new Set(await changed(seen));
    found = found.filter((path) => other.has(path));
  }
  return found;
}

function isWorkflow({ path }: Entry): boolean {
  return judgePath(path)?.kind === "workflow";
}

/** What the session's work is to be merged into, in the hub; null where there is no such branch. */
async function findTarget(context: GitContext, { record }: Mirror): Promise<string | null> {
  try {
    const target = await readTarget(context, record);
    await fetchTarget(context, record, target);
    return target.oid;
  } catch (error) {
    if (isHarnessError(error)) return null;
    throw error;
  }
}
