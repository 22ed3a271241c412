import { HarnessError, isHarnessError } from "@harness/core";
import { parseBranchName } from "../worktrees/branch-name.ts";
import { findUse } from "../worktrees/checkouts.ts";
import { escapeLine } from "../worktrees/escape.ts";
import { findRepository, type Place } from "../worktrees/find-repository.ts";
import { askGit, type GitContext, runGit } from "../worktrees/git.ts";
import { FETCH } from "../worktrees/hub.ts";
import { findSalvage } from "./find.ts";
import type { KeptSalvage } from "./list.ts";
import { restoreFiles } from "./restore-files.ts";
import { requireThere } from "./show.ts";

export interface RestoreInput {
  session: string;
  /** A branch that is not there yet; `salvage-<id>` unless given. */
  branch?: string | undefined;
  /** Another place than the repository had when the session started. */
  repository?: string | undefined;
  /** Files instead of a branch: an absolute path that is not there, or an empty directory. */
  to?: string | undefined;
}

export interface Restored {
  session: string;
  branch: string | null;
  commit: string | null;
  repository: string | null;
  directory: string | null;
  /** What is kept beside the commit, and stays where it is unless files were asked for. */
  moved: string[];
  line: string;
}

const TIMEOUT_MS = 15 * 60_000;

/**
 * Puts what was kept on a new branch of the person's repository, or into a directory as files. No checkout is touched.
 * Throws `salvage-not-found`, `salvage-lost`, `branch-exists`, `branch-invalid`, `repository-not-found`, `file-exists`.
 */
export async function restoreSalvage(context: GitContext, input: RestoreInput): Promise<Restored> {
  const kept = await findSalvage(context, input.session);
  requireThere(kept);
  const { session, commit, moved } = kept;
  if (input.to !== undefined) {
    await restoreFiles(context, kept, input.to);
    const line = `The files of session ${session} are in ${input.to}.`;
    return { session, branch: null, commit, repository: null, directory: input.to, moved, line };
  }
  if (kept.hub === null || commit === null) throw nothingInGit(kept);
  const branch = input.branch === undefined ? `salvage-${session}` : parseBranchName(input.branch);
  const place = await findPlace(context, kept, input.repository);
  await createBranch(context, { place, branch, hub: kept.hub, commit });
  const line = `${escapeLine(branch)} of ${place.root} has the work of session ${session} (${commit.slice(0, 10)}).`;
  return { session, branch, commit, repository: place.root, directory: null, moved, line };
}

async function findPlace(context: GitContext, kept: KeptSalvage, named: string | undefined): Promise<Place> {
  const path = named ?? kept.repository;
  const hint = "Name the repository with --repo, or take the files with --to.";
  if (path === null)
    throw new HarnessError("repository-not-found", `Nothing says where the repository of ${kept.session} was.`, {
      hint,
    });
  try {
    return await findRepository(context, path);
  } catch (error) {
    if (named !== undefined || !isHarnessError(error) || error.code !== "repository-not-found") throw error;
    const message = `The repository of session ${kept.session} is no longer at ${escapeLine(path)}.`;
    throw new HarnessError("base-lost", message, { hint, cause: error });
  }
}

interface NewBranch {
  place: Place;
  branch: string;
  hub: string;
  commit: string;
}

async function createBranch(context: GitContext, { place, branch, hub, commit }: NewBranch): Promise<void> {
  const { gitDirectory } = place;
  const ref = `refs/heads/${branch}`;
  const taken = () =>
    new HarnessError("branch-exists", `${place.root} has a branch ${escapeLine(branch)} already, or one in its way.`, {
      hint: "Choose another --branch. Nothing was changed.",
    });
  const exists = await askGit(context, ["show-ref", "--verify", "--quiet", ref], { gitDirectory });
  // A checkout can stand on a branch that has no commit yet: with one it would seem to have lost all its files.
  if (exists || (await findUse(context, { gitDirectory }, ref)).state !== "free") throw taken();
  const config = ["core.fsync=all", "fetch.fsckObjects=false"];
  await runGit(context, [...FETCH, hub, commit], { gitDirectory, config, timeoutMs: TIMEOUT_MS });
  const zeros = "0".repeat(commit.length);
  try {
    await runGit(context, ["update-ref", "-m", "harness: salvage restore", ref, commit, zeros], { gitDirectory });
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "git-failed" || !/exists|cannot lock ref/.test(error.message))
      throw error;
    throw taken();
  }
}

function nothingInGit({ session, moved }: KeptSalvage): HarnessError {
  const message = `Session ${session} had nothing that a branch could hold. It is kept in ${moved.join(", ")}.`;
  return new HarnessError("request-invalid", message, { hint: "Take the files with --to." });
}
