import { HarnessError } from "@harness/core";
import { escapeLine } from "../worktrees/escape.ts";
import type { MergeItem } from "./item.ts";
import type { Findings } from "./risk/finding.ts";

type Judged = Pick<MergeItem, "tip" | "approved" | "policy">;

/** Whether a person has said yes to exactly this: the commit, what was found in it, and the rules it was found by. */
export function isApproved({ tip, approved, policy }: Judged, findings: Findings): boolean {
  if (findings.list.length === 0) return true;
  if (approved === null || approved.tip !== tip || approved.policy !== policy) return false;
  return approved.digest === null || approved.digest === findings.digest;
}

const SHOWN = 10;

/** Why a merge waits for a person: what was found, and how to say yes. */
export function describeNeed({ id, session, tip, findings }: MergeItem): HarnessError {
  const { list = [], more = 0 } = findings ?? {};
  const lines = list.slice(0, SHOWN).map(({ kind, path, commit, what }) => {
    const where = path === null ? `commit ${(commit ?? "").slice(0, 10)}` : escapeLine(path);
    return `  ${kind}: ${where}: ${what}`;
  });
  const left = list.length - lines.length + more;
  const rest = left > 0 ? [`  and ${left} more`] : [];
  const message = `Session ${session} brings what may later run on this machine:\n${[...lines, ...rest].join("\n")}\nNothing was merged.`;
  return new HarnessError("approval-needed", message, {
    hint: `Look at it: \`harness diff ${session} --tip ${tip}\`. Then: \`harness merge ${session} --allow-risky ${tip}\`. Or: \`harness merges --cancel ${id}\`.`,
    details: { merge: id, tip, findings },
  });
}
