import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HarnessError, type StateRoot, systemCode } from "@harness/core";

/** What the dispatcher keeps for the worktree of one session. */
export interface WorktreePaths {
  readonly directory: string;
  readonly record: string;
  /** The index of the worktree when it was new, and the same once it is older than every file it names. */
  readonly freshIndex: string;
  readonly settledIndex: string;
  readonly merge: string;
  /** Our own git directories for looking at the worktree, each for one operation. */
  readonly mirrorPrefix: string;
  /** What was salvaged, beside the ref. */
  readonly salvage: string;
  readonly patch: string;
  readonly work: string;
}

export function worktreePaths(root: StateRoot, id: string): WorktreePaths {
  const { directory } = root.runOf(id);
  return {
    directory,
    record: join(directory, "worktree.json"),
    freshIndex: join(directory, "worktree.fresh.index"),
    settledIndex: join(directory, "worktree.index"),
    merge: join(directory, "merge.json"),
    mirrorPrefix: join(directory, "mirror-"),
    salvage: join(root.archive, `${id}.salvage.json`),
    patch: join(root.archive, `${id}.patch`),
    work: join(root.archive, `${id}.work`),
  };
}

/** Git directories for writing files somewhere, each for one operation, in `run/`. */
export const UNFINISHED_RESTORE = "restore-";

/** The refs of one session in the hub. */
export function sessionRefs(id: string, branch: string) {
  return {
    base: `refs/harness/base/${id}`,
    branch: `refs/harness/branch/${branch}`,
    import: `refs/harness/import/${id}`,
    target: `refs/harness/target/${id}`,
    salvage: `refs/harness/salvage/${id}`,
    rebased: `refs/harness/rebased/${id}`,
  };
}

/**
 * The hub of a repository: told apart by its real path, and named so that a person recognises it. Where another repository
 * took the place of one, theirs is the same unless their objects have other names.
 */
export function hubPath(root: StateRoot, source: { root: string; name: string; objectFormat?: string }): string {
  const key = source.objectFormat === "sha256" ? `${source.root}\0sha256` : source.root;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 12);
  return join(root.hub, `${source.name}-${hash}.git`);
}

/** Every hub that is whole. */
export function listHubs(root: StateRoot): string[] {
  if (!existsSync(root.hub)) return [];
  const names = readdirSync(root.hub).filter((name) => name.endsWith(".git") && !name.startsWith("."));
  return names.map((name) => join(root.hub, name));
}

/** Makes the last part only: a state root that vanished is not made again. True when it was not there. */
export function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    if (systemCode(error) === "ENOENT") {
      throw new HarnessError("storage-lost", "The state root is no longer where it was.", { cause: error });
    }
    throw error;
  }
}
