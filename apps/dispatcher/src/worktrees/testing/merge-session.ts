import { isHarnessError } from "@harness/core";
import type { GitContext } from "../git.ts";
import type { Merge } from "../land-merges.ts";
import { mergeCandidates } from "../merge.ts";
import type { How } from "../merge-record.ts";
import { readRecord } from "../record.ts";
import { readTarget } from "../target.ts";
import type { Step } from "../update-target.ts";
import { importBranch } from "./import-branch.ts";

export interface MergeSessionInput {
  id: string;
  into?: string | undefined;
  how?: How;
  message?: string;
  onStep?: Step;
}

/** One merge by itself: no queue, no gate, no look at what it brings. */
export async function mergeSession(context: GitContext, input: MergeSessionInput): Promise<Merge> {
  const { id, how = "merge-commit", message, onStep } = input;
  const record = await readRecord(context, id);
  const { name: into } = await readTarget(context, record, input.into);
  const imported = await importBranch(context, { id });
  await onStep?.("imported");
  const candidate = { record, imported, how, message };
  const [settled] = await mergeCandidates(context, { into, candidates: [candidate], onStep });
  if (settled === null || settled === undefined) throw new Error("A merge that nobody holds back was not decided.");
  if (isHarnessError(settled)) throw settled;
  return settled;
}
