import { splitPaths } from "../worktrees/snapshot.ts";
import type { Lookout } from "./lookout.ts";

const BYTES = 256 * 1024;

/** The files that differ between two commits. A list that is too long is cut: the rest is then unknown, which costs nobody a conflict. */
export async function readChangedFiles({ git }: Lookout, from: string, to: string): Promise<Set<string>> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", from, to];
  const { bytes, cut } = await git(args, { maxBytes: BYTES, cut: true });
  const whole = cut ? bytes.subarray(0, bytes.lastIndexOf(0) + 1) : bytes;
  return new Set(splitPaths(whole).map((path) => path.toString("utf8")));
}
