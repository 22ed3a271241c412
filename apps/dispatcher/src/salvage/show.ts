import { HarnessError } from "@harness/core";
import { type GitContext, runGit } from "../worktrees/git.ts";
import { type FileChange, parseFiles } from "../worktrees/parse-files.ts";
import { findSalvage } from "./find.ts";
import type { KeptSalvage } from "./list.ts";

export interface SalvageDetail {
  salvage: KeptSalvage;
  /** Since the session started. All texts are the session's, as they are. */
  files: FileChange[];
  stat: string;
  patch: string;
  /** The patch is longer than what is shown. */
  cut: boolean;
}

const PATCH_BYTES = 4 * 1024 * 1024;
const DIFF = ["diff-tree", "-r", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color"];

/** Throws `salvage-not-found`, `salvage-lost`. */
export async function showSalvage(context: GitContext, text: string): Promise<SalvageDetail> {
  const salvage = await findSalvage(context, text);
  const { hub, commit } = salvage;
  if (hub === null || commit === null) return { salvage, files: [], stat: "", patch: "", cut: false };
  requireThere(salvage);
  const options = { gitDirectory: hub };
  const pair = [salvage.start ?? `${commit}^`, commit];
  const [listed, stat, patch] = await Promise.all([
    runGit(context, [...DIFF, "-z", "--raw", "--numstat", ...pair], options),
    runGit(context, [...DIFF, "--stat=100", ...pair], options),
    runGit(context, [...DIFF, "--patch", "--full-index", ...pair], { ...options, maxBytes: PATCH_BYTES, cut: true }),
  ]);
  const whole = patch.cut ? patch.bytes.subarray(0, patch.bytes.lastIndexOf(0x0a) + 1).toString("utf8") : patch.text;
  return { salvage, files: parseFiles(listed.bytes), stat: stat.text, patch: whole, cut: patch.cut };
}

/** Throws `salvage-lost` where the record is all that is left. */
export function requireThere({ session, problem }: KeptSalvage): void {
  if (problem === null) return;
  throw new HarnessError("salvage-lost", `What was kept of session ${session} is not there any more. ${problem}`);
}
