import { join } from "node:path";
import { readJsonFileSync, type StateRoot, writeJsonFile } from "@harness/core";
import { z } from "zod";

/** run/sessions/<id>/copied.json: what a new worktree was given beside its commit. The dispatcher writes it, once. */
const CopiedFilesSchema = z.looseObject({
  v: z.literal(1),
  /** Paths in the worktree. */
  files: z.array(z.string()),
  /** Those of them that git ignores where they come from. */
  ignored: z.array(z.string()),
});
type CopiedFiles = z.infer<typeof CopiedFilesSchema>;

function recordPath(root: StateRoot, id: string): string {
  return join(root.runOf(id).directory, "copied.json");
}

/** What was copied into the session's worktree; nothing where there is no record. */
export function readCopied(root: StateRoot, id: string): Pick<CopiedFiles, "files" | "ignored"> {
  return readJsonFileSync(recordPath(root, id), CopiedFilesSchema) ?? { files: [], ignored: [] };
}

export async function writeCopied(root: StateRoot, id: string, copied: Omit<CopiedFiles, "v">): Promise<void> {
  await writeJsonFile(recordPath(root, id), { v: 1, ...copied });
}

/** Lines of git's info/exclude for exactly these files, whatever characters they have. */
export function excludeLines(files: readonly string[]): string {
  return files.map((path) => `/${path.replace(/[\\*?[\] ]/g, "\\$&")}\n`).join("");
}
