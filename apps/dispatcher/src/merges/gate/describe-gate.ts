import { HarnessError } from "@harness/core";
import { escapeLine } from "../../worktrees/escape.ts";
import type { GateRun, MergeItem } from "../item.ts";

/** Why a merge does not come in: which session it is, how the gate ended, and the last that it printed. */
export function describeRed(item: MergeItem, run: GateRun, isTargetRed: boolean): HarnessError {
  const into = escapeLine(item.into);
  const blame = isTargetRed
    ? `The gate of ${into} is red, with session ${item.session} and without it`
    : `The gate is red with session ${item.session}, and green without it`;
  const tail = run.tail === "" ? "It printed nothing." : `It printed last:\n${run.tail}`;
  return new HarnessError(
    "gate-failed",
    `${blame} (${run.ended}${run.sandbox === "none" ? ", without a sandbox" : ""}). Nothing was merged. ${tail}`,
    {
      hint: `\`harness merges --log ${item.id}\` shows all that it printed.`,
      details: { gate: run, isTargetRed },
    },
  );
}
