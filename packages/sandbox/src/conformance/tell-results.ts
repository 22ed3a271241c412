import type { AttemptResult } from "./judge.ts";

/** A line for whoever reads it: what of the attempts held. */
export function summarise(results: readonly AttemptResult[]): string {
  const count = (verdict: AttemptResult["verdict"]) => results.filter((each) => each.verdict === verdict).length;
  const [held, escaped, untried] = [count("held"), count("escaped"), count("not tried")];
  if (held === results.length) return `All ${held} attempts held.`;
  const parts = [
    escaped > 0 ? `${escaped} of ${results.length} attempts got through` : `${held} of ${results.length} attempts held`,
    ...(untried > 0 ? [`${untried} could not be made`] : []),
  ];
  return `${parts.join(", ")}.`;
}
