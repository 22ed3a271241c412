import { splitPaths } from "../worktrees/snapshot.ts";
import { listFiles } from "./overlap.ts";
import type { FileList } from "./schema.ts";

/** What a merge of two commits would come to. */
export interface MergeOutcome extends FileList {
  isClean: boolean;
}

/**
 * The answers of `git merge-tree --write-tree --stdin --name-only --no-messages`, as many as are whole: 1 for clean or 0 for
 * conflicts, the tree, the files in conflict, an empty field.
 */
export function parseMerges(bytes: Buffer): MergeOutcome[] {
  const isWhole = bytes.at(-1) === 0;
  const fields = splitPaths(bytes).map((field) => field.toString("utf8"));
  if (!isWhole) fields.pop();
  const outcomes: MergeOutcome[] = [];
  for (let at = 0; at < fields.length;) {
    const status = fields[at];
    const end = fields.indexOf("", at + 2);
    if ((status !== "0" && status !== "1") || end === -1) break;
    outcomes.push({ isClean: status === "1", ...listFiles(fields.slice(at + 2, end)) });
    at = end + 1;
  }
  return outcomes;
}
