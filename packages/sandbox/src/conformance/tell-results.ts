import type { AttemptResult } from "./judge.ts";

/** What came of an attempt, in the word for it: of a control nothing gets through, something is missing. */
export function verdictWord({ rows, verdict }: Pick<AttemptResult, "rows" | "verdict">): string {
  return verdict === "escaped" && rows.length === 0 ? "missing" : verdict;
}

/** A line for whoever reads it: what of the attempts held. */
export function summarise(results: readonly AttemptResult[]): string {
  if (results.length === 0) return "No attempt was made.";
  const count = (word: string) => results.filter((each) => verdictWord(each) === word).length;
  const [held, escaped, missing, untried] = [count("held"), count("escaped"), count("missing"), count("not tried")];
  if (held === results.length) return `All ${held} attempts held.`;
  const parts = [
    escaped > 0 ? `${escaped} of ${results.length} attempts got through` : `${held} of ${results.length} attempts held`,
    ...(untried > 0 ? [`${untried} could not be made`] : []),
    ...(missing > 0
      ? [`${missing} ${missing === 1 ? "control does" : "controls do"} not work, so that it proves little`]
      : []),
  ];
  return `${parts.join(", ")}.`;
}
