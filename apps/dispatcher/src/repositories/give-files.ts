import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeLine } from "../worktrees/escape.ts";
import type { GitContext } from "../worktrees/git.ts";
import type { Source } from "../worktrees/source.ts";
import { excludeLines, writeCopied } from "./copied-files.ts";
import { copyFiles } from "./copy-files.ts";
import type { RepositorySettings } from "./settings.ts";

export interface GiveInput {
  id: string;
  source: Pick<Source, "checkout" | "root">;
  settings: Pick<RepositorySettings, "copy">;
}

/**
 * Copies what config.yaml names into a session's new worktree, and writes down which files those are. What git ignores in
 * the person's checkout it ignores in the worktree too, whoever says so there. Returns what the person should know.
 */
export async function giveFiles(context: GitContext, { id, source, settings }: GiveInput): Promise<string[]> {
  if (settings.copy.length === 0) return [];
  const { root, checkout } = source;
  if (checkout === null) return [`${escapeLine(root)} has no checkout that files could be copied from.`];
  const { worktree } = context.root.session(id);
  const { notes, ...copied } = await copyFiles(context, { checkout, worktree, patterns: settings.copy });
  await writeCopied(context.root, id, copied);
  await writeFile(join(worktree, ".git", "info", "exclude"), excludeLines(copied.ignored));
  return notes;
}
