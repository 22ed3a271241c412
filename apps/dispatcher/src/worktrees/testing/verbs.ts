import { diffSession } from "../diff.ts";
import type { GitContext } from "../git.ts";
import { importBranch } from "./import-branch.ts";
import { makeIndependent } from "../make-independent.ts";
import { mergeSession } from "./merge-session.ts";
import { salvage } from "../salvage.ts";

/** Every verb that looks at the worktree of session `one`, one after the other. What one of them refuses is no matter here. */
export async function useEverything(context: GitContext): Promise<void> {
  for (const verb of [importBranch, diffSession, mergeSession, salvage, makeIndependent]) {
    await verb(context, { id: "one" }).catch(() => undefined);
  }
}
