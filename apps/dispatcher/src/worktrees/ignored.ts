import { readCopied } from "../repositories/copied-files.ts";
import { escapeLine } from "./escape.ts";
import type { GitContext } from "./git.ts";
import type { Mirror } from "./mirror.ts";
import { splitPaths } from "./snapshot.ts";

/** What git ignores in a worktree. A folder that is ignored as a whole counts once. */
export interface Ignored {
  count: number;
  /** The first of them. */
  names: string[];
}

const NAMED = 20;
const LIST_BYTES = 8 * 1024 * 1024;

/** Looks with the index that the last snapshot left. What was copied from the person's checkout is still there. */
export async function findIgnored({ root }: GitContext, mirror: Mirror): Promise<Ignored> {
  const args = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"];
  const { gitDirectory, worktree } = mirror;
  const { bytes } = await mirror.git(args, { gitDirectory, worktree, maxBytes: LIST_BYTES, cut: true });
  const copied = new Set(readCopied(root, mirror.record.session).ignored);
  const paths = splitPaths(bytes).filter((path) => !copied.has(path.toString()));
  return { count: paths.length, names: paths.slice(0, NAMED).map(String) };
}

/** Null when there is nothing to tell. */
export function describeIgnored({ count, names }: Ignored): string | null {
  if (count === 0) return null;
  const shown = names.slice(0, 5).map(escapeLine).join(", ");
  return `Not kept, because git ignores it: ${shown}${count > 5 ? ` and ${count - 5} more` : ""}`;
}
