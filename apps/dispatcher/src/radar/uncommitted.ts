import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDirectorySafe } from "@harness/core";
import { excludeLines, readCopied } from "../repositories/copied-files.ts";
import type { GitContext } from "../worktrees/git.ts";
import { worktreePaths } from "../worktrees/paths.ts";
import { loadIndex } from "../worktrees/session-index.ts";
import { splitPaths } from "../worktrees/snapshot.ts";
import { type Lookout, SCRATCH } from "./lookout.ts";

const TIMEOUT_MS = 20_000;
const BYTES = 256 * 1024;

/**
 * The files of a session that differ from its commit, new ones included, by name alone. Read with a git directory and an
 * index of ours; no content is kept. Repositories inside the worktree are left out.
 */
export async function readUncommitted(
  context: GitContext,
  lookout: Lookout,
  { session, tip }: { session: string; tip: string },
): Promise<Set<string>> {
  const { worktree } = context.root.session(session);
  // Throws where a link or a file stands in its place.
  (await openDirectorySafe(worktree)).close();
  const scratch = join(lookout.directory, `${SCRATCH}index-${session}`);
  const index = join(scratch, "index");
  const excludes = join(scratch, "excludes");
  // Not the git directory: what stands in its configuration a git without a wall follows later.
  const wall = { readOnly: [lookout.gitDirectory, lookout.borrow, worktree], readWrite: [scratch], session: worktree };
  const options = { worktree, env: { GIT_INDEX_FILE: index }, timeoutMs: TIMEOUT_MS, wall };
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const found = await loadIndex(worktreePaths(context.root, session), index);
    // Merging one tree into the index keeps what is known of the files that did not change; -i lets the others differ.
    await lookout.git(["read-tree", ...(found === "none" ? [] : ["-m", "-i"]), tip], options);
    // What was copied from the person's checkout and is ignored there is no work of the session.
    await writeFile(excludes, excludeLines(readCopied(context.root, session).ignored));
    const args = ["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard", "-X", excludes];
    const { bytes, cut } = await lookout.git(args, { ...options, maxBytes: BYTES, cut: true });
    const whole = cut ? bytes.subarray(0, bytes.lastIndexOf(0) + 1) : bytes;
    const paths = splitPaths(whole).map((path) => path.toString("utf8"));
    return new Set(paths.filter((path) => !path.endsWith("/")));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
