import { mkdirSync, readdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { HarnessError, systemCode } from "@harness/core";
import { execa } from "execa";
import { deleteTree } from "../trees.ts";
import { writeGitDirectory } from "../worktrees/git-directory.ts";
import { type GitContext, runGit } from "../worktrees/git.ts";
import { UNFINISHED_RESTORE } from "../worktrees/paths.ts";
import type { KeptSalvage } from "./list.ts";

const TIMEOUT_MS = 30 * 60_000;

/** Writes the files of a salvage into a new or empty directory: those of the commit, and each moved directory beside them. */
export async function restoreFiles(context: GitContext, kept: KeptSalvage, to: string): Promise<void> {
  makeEmpty(to);
  if (kept.hub !== null && kept.commit !== null) await checkOut(context, kept, to);
  for (const path of kept.moved) {
    const beside = kept.commit === null && kept.moved.length === 1 ? to : join(to, basename(path));
    await copyTree(path, beside);
  }
}

// In a git directory of ours: the target becomes no repository, and nothing in the hub changes.
async function checkOut(context: GitContext, { hub, commit }: KeptSalvage, to: string): Promise<void> {
  const gitDirectory = await mkdtemp(join(context.root.run.path, UNFINISHED_RESTORE));
  try {
    await writeGitDirectory(gitDirectory, {
      objectFormat: commit?.length === 64 ? "sha256" : "sha1",
      branch: "restore",
      borrow: join(hub ?? "", "objects"),
      refs: new Map(),
    });
    const options = { cwd: to, gitDirectory, worktree: to, timeoutMs: TIMEOUT_MS };
    await runGit(context, ["read-tree", "-m", "-u", commit ?? ""], options);
  } finally {
    await deleteTree(gitDirectory);
  }
}

// Links are copied as links.
async function copyTree(from: string, to: string): Promise<void> {
  const target = to.endsWith("/") ? to : `${to}/`;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const { exitCode, stderr } = await execa("cp", ["-a", "--", `${from}/.`, target], { reject: false });
  if (exitCode === 0) return;
  throw new HarnessError("storage-failed", `Not everything of ${from} could be copied: ${stderr.slice(0, 500)}`, {
    hint: `What was kept is untouched. Take ${from} by hand.`,
  });
}

function makeEmpty(path: string): void {
  if (!isAbsolute(path)) throw new HarnessError("request-invalid", "The directory is not an absolute path.");
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw new HarnessError("request-invalid", `The directory that ${path} would be in is not there.`);
    if (systemCode(error) !== "EEXIST") throw error;
    if (!isEmptyDirectory(path)) throw new HarnessError("file-exists", `${path} is there already, and not empty.`);
  }
}

function isEmptyDirectory(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    if (systemCode(error) === "ENOTDIR") return false;
    throw error;
  }
}
