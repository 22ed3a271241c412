import { HarnessError } from "@harness/core";
import { escapeLine } from "../worktrees/escape.ts";

/** What was looked at before a merge was asked for. What is not named may be anything. */
export interface Expectations {
  /** The session's commit. */
  tip?: string | undefined;
  /** Where the target stood. */
  target?: string | undefined;
  /** Under which rules it was looked at. */
  policy?: string | undefined;
}

/** Throws `review-stale` when anything is not what was reviewed. */
export function checkExpectations(expected: Expectations, found: Required<Expectations>, session: string): void {
  const names = { tip: `session ${escapeLine(session)}`, target: "the target", policy: "the policy" };
  for (const key of ["tip", "target", "policy"] as const) {
    if (expected[key] === undefined || expected[key] === found[key]) continue;
    throw new HarnessError(
      "review-stale",
      `What was reviewed is not what is there: ${names[key]} is at ${found[key]}, and ${escapeLine(expected[key])} was reviewed. Nothing was changed.`,
      { details: { expected, found } },
    );
  }
}
