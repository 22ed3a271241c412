import { type GitContext, runGit } from "../../worktrees/git.ts";
import { splitPaths } from "../../worktrees/snapshot.ts";
import type { Entry } from "./judge-entry.ts";

/** Every path that differs between two commits. Renames are two of them. */
export async function readEntries(
  context: GitContext,
  gitDirectory: string,
  { from, to }: { from: string; to: string },
): Promise<Entry[]> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", "--no-abbrev", from, to];
  const { bytes } = await runGit(context, args, { gitDirectory });
  const fields = splitPaths(bytes).map((field) => field.toString("utf8"));
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", newMode = "", oldOid = "", newOid = ""] = (fields[at] ?? "").slice(1).split(" ");
    entries.push({ path: fields[at + 1] ?? "", oldMode, newMode, oldOid, newOid });
  }
  return entries;
}
