import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError, openDirectorySafe, type SafeDirectory, systemCode } from "@harness/core";
import { excludeLines, readCopied } from "../repositories/copied-files.ts";
import { escapeLine } from "./escape.ts";
import { readShallow, writeGitDirectory } from "./git-directory.ts";
import { findPipe } from "./find-pipe.ts";
import { type GitContext, type GitOptions, type GitResult, runGit } from "./git.ts";
import { makeDirectory, worktreePaths } from "./paths.ts";
import { readRecord, type WorktreeRecord } from "./record.ts";
import { copyObjects } from "./session-objects.ts";
import { readSessionRef, readSessionRefs, type SessionRefs } from "./session-refs.ts";

/** A git directory of ours that stands for a session's: its objects and its refs, and no line of its configuration. */
export interface Mirror extends SessionRefs {
  readonly record: WorktreeRecord;
  readonly gitDirectory: string;
  readonly worktree: string;
  git(args: readonly string[], options?: GitOptions): Promise<GitResult>;
}

/** Gives `work` a mirror of the session's repository and takes it away afterwards. Throws `worktree-missing`, `session-damaged`. */
export async function withMirror<T>(context: GitContext, id: string, work: (mirror: Mirror) => Promise<T>): Promise<T> {
  const record = await readRecord(context, id);
  const paths = worktreePaths(context.root, id);
  makeDirectory(paths.directory);
  const gitDirectory = await mkdtemp(paths.mirrorPrefix);
  try {
    return await work(await fillMirror(context, { record, gitDirectory }));
  } finally {
    await rm(gitDirectory, { recursive: true, force: true });
  }
}

/** The commit that the session's own branch stands on; null when the session has no such branch any more. */
export function findTip({ record, refs }: Mirror): string | null {
  return refs.get(`refs/heads/${record.branch}`) ?? null;
}

/** The same. Throws `missing-branch`. */
export function requireTip(mirror: Mirror): string {
  const tip = findTip(mirror);
  if (tip !== null) return tip;
  const { record, headRef, head } = mirror;
  if (mirror.isUnread) throw unreadRefs(record.session);
  const where = headRef === null ? "on no branch" : `on ${escapeLine(headRef.replace("refs/heads/", ""))}`;
  const message = `Session ${record.session} has no branch ${escapeLine(record.branch)} any more; it is ${where}.`;
  throw new HarnessError("missing-branch", message, { details: { branch: record.branch, headRef, head } });
}

/** Only the refs of git's usual form are read. */
export function unreadRefs(session: string): HarnessError {
  const message = `Session ${session} keeps its branches as a reftable, which is not read.`;
  const hint = "Have the session run `git refs migrate --ref-format=files` in its worktree.";
  return new HarnessError("session-damaged", message, { hint });
}

/**
 * The same without a mirror: one ref, read as a file. Null also when the branch is in no form that can be read so; the
 * mirror knows more. Throws `worktree-missing`, `session-damaged`.
 */
export async function peekTip(context: GitContext, { session, branch }: WorktreeRecord): Promise<string | null> {
  const outer = await openWorktree(session, context.root.session(session).worktree);
  try {
    const git = openGit(session, outer);
    try {
      return readSessionRef(git, `refs/heads/${branch}`);
    } finally {
      git.close();
    }
  } finally {
    outer.close();
  }
}

async function fillMirror(
  context: GitContext,
  { record, gitDirectory }: { record: WorktreeRecord; gitDirectory: string },
): Promise<Mirror> {
  const { worktree } = context.root.session(record.session);
  const { objectFormat, branch, hub } = record;
  if (!existsSync(hub))
    throw new HarnessError("session-damaged", `The hub of session ${record.session} is gone: ${hub}.`);
  const borrow = join(hub, "objects");
  const shallow = await readShallow(hub);
  await writeGitDirectory(gitDirectory, { objectFormat, branch, borrow, refs: new Map(), shallow });
  // What was copied from the person's checkout and is ignored there is no work of the session.
  const { ignored } = readCopied(context.root, record.session);
  if (ignored.length > 0) await writeFile(join(gitDirectory, "info", "exclude"), excludeLines(ignored));
  const wall = { readOnly: [join(hub, "objects"), worktree], readWrite: [gitDirectory], session: worktree };
  const suspect = () => findPipe(context, { session: record.session, worktree });
  const git = (args: readonly string[], options: GitOptions = {}) =>
    runGit(context, args, { gitDirectory, wall, ...(options.worktree === undefined ? {} : { suspect }), ...options });
  const { refs, packs } = await readSession(record.session, { worktree, objects: join(gitDirectory, "objects") });
  // The session's own index of a pack is not believed.
  for (const pack of packs) await git(["index-pack", pack]);
  return { ...refs, record, gitDirectory, worktree, git };
}

// Refs first: what they name was written before them, so that a session that commits meanwhile is still seen whole.
async function readSession(
  id: string,
  { worktree, objects }: { worktree: string; objects: string },
): Promise<{ refs: SessionRefs; packs: string[] }> {
  const outer = await openWorktree(id, worktree);
  try {
    const git = openGit(id, outer);
    try {
      return {
        refs: readSessionRefs(git),
        packs: await copyObjects({ directory: git, path: join(worktree, ".git") }, objects),
      };
    } finally {
      git.close();
    }
  } finally {
    outer.close();
  }
}

function openGit(id: string, worktree: SafeDirectory): SafeDirectory {
  const git = worktree.open(".git");
  if (git !== null) return git;
  throw new HarnessError("session-damaged", `The worktree of session ${id} has no .git directory any more.`);
}

async function openWorktree(id: string, worktree: string) {
  try {
    return await openDirectorySafe(worktree);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new HarnessError("worktree-missing", `The worktree of session ${id} is gone.`, { cause: error });
  }
}
