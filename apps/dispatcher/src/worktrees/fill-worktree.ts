import { chownSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type { Owner } from "@harness/core";
import { createSerial } from "../serial.ts";
import { giveTree } from "../users/give-tree.ts";
import { canSnapshot } from "./can-snapshot.ts";
import { readShallow, readTags, writeGitDirectory } from "./git-directory.ts";
import { type GitContext, runGit } from "./git.ts";
import { worktreePaths } from "./paths.ts";
import type { WorktreeRecord } from "./record.ts";
import { keepFreshIndex, settleCopied } from "./session-index.ts";
import type { Source } from "./source.ts";
import { createSubvolume } from "./subvolume.ts";
import { keepTemplate, takeTemplate } from "./templates.ts";

interface Plan {
  /** Where the worktree is made: nothing is there, and nobody else looks there. */
  fresh: string;
  record: WorktreeRecord;
  base: Source["base"];
  /** Whose it is to be; null for this process's user. */
  owner: Owner | null;
}

const CHECKOUT_TIMEOUT_MS = 30 * 60_000;

/** How many are under way in this process. */
let checkouts = 0;

// Who wants the worktree of a commit that somebody is checking out waits for that, and then takes a snapshot of it.
const inTurn = createSerial();

/** Makes the files and the git directory of a worktree, where the file system can as a snapshot of an earlier one. */
export async function fillWorktree(context: GitContext, plan: Plan): Promise<void> {
  const { fresh, record } = plan;
  const { works } = await canSnapshot(context, `${fresh}-probe`);
  if (works) await fillShared(context, plan);
  else {
    await mkdir(fresh, { mode: 0o700 });
    await checkOut(context, plan);
  }
  await keepFreshIndex(join(fresh, ".git", "index"), worktreePaths(context.root, record.session));
}

async function fillShared(context: GitContext, plan: Plan): Promise<void> {
  const { fresh, record } = plan;
  const wanted = { hub: record.hub, commit: record.start, fresh };
  const isTaken = await inTurn(`${record.hub} ${record.start}`, async () => {
    if (await takeTemplate(context, wanted)) return true;
    if ((await createSubvolume(context, fresh)) === null) await chmod(fresh, 0o700);
    else await mkdir(fresh, { mode: 0o700 });
    await checkOut(context, plan);
    await keepTemplate(context, wanted);
    return false;
  });
  if (!isTaken) return;
  // Its index knows the files by number and times, which a snapshot keeps. The rest is that of another session.
  await settleCopied(join(fresh, ".git", "index"), Date.now());
  await rm(join(fresh, ".git", "shallow"), { force: true });
  await writeGit(context, plan);
  if (plan.owner === null) return;
  await letThrough(fresh, plan.owner);
  const options = { gitDirectory: join(fresh, ".git"), worktree: fresh, cwd: fresh, as: plan.owner, accept: [1] };
  await runGit(context, ["update-index", "-q", "--refresh"], options);
}

async function letThrough(fresh: string, owner: Owner | null): Promise<void> {
  if (owner === null) return;
  await giveTree(fresh, owner);
  // The session's own directory, to which nothing leads yet.
  chownSync(dirname(fresh), owner.uid, owner.gid);
}

async function checkOut(context: GitContext, plan: Plan): Promise<void> {
  const { fresh, record, owner } = plan;
  const gitDirectory = join(fresh, ".git");
  await writeGit(context, plan);
  await letThrough(fresh, owner);
  // By its owner, so that the index knows the files as they stay.
  const options = { cwd: fresh, gitDirectory, worktree: fresh, timeoutMs: CHECKOUT_TIMEOUT_MS, as: owner };
  checkouts++;
  try {
    // One checkout may use every core; many side by side share them.
    const workers = Math.max(1, Math.floor(availableParallelism() / checkouts));
    const config = [`checkout.workers=${workers}`];
    await runGit(context, ["read-tree", "-m", "-u", record.start], { ...options, config });
  } finally {
    checkouts--;
  }
}

async function writeGit(context: GitContext, { fresh, record, base }: Plan): Promise<void> {
  const { hub, branch, start, objectFormat, identity } = record;
  await writeGitDirectory(join(fresh, ".git"), {
    objectFormat,
    identity,
    branch,
    borrow: join(hub, "objects"),
    refs: new Map([...baseBranch(base, branch), [`refs/heads/${branch}`, start]]),
    tags: await readTags(hub),
    shallow: await readShallow(hub),
  });
}

// A name to compare with. There is no remote: a session has nowhere to push to and nothing of the person to reach.
function baseBranch(base: Source["base"], branch: string): [string, string][] {
  if (base.ref === null || !base.ref.startsWith("refs/heads/")) return [];
  const own = `refs/heads/${branch}/`;
  const other = `${base.ref}/`;
  return own.startsWith(other) || other.startsWith(own) ? [] : [[base.ref, base.oid]];
}
