import type { Attempt, Outside, Verdict } from "./attempt.ts";
import type { Told } from "./try-all.ts";

export interface AttemptResult {
  readonly id: string;
  /** Of the attack matrix. */
  readonly rows: readonly string[];
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly verdict: Verdict;
  readonly tookMs: number;
}

/**
 * What came of the attempts. Of one that leaves traces outside, the outside decides; where nobody looked there, `outside` is
 * null and what was seen from inside stands. What was not told of was not made.
 */
export function judge(attempts: readonly Attempt[], told: readonly Told[], outside: Outside | null): AttemptResult[] {
  return attempts.map((attempt) => {
    const { id, rows, title, expected } = attempt;
    const one = told.find((each) => each.id === id);
    const common = { id, rows, title, expected, tookMs: one?.tookMs ?? 0 };
    if (one === undefined) return { ...common, verdict: "not tried", seen: "nothing was heard of it" };
    return { ...common, ...decide(attempt, one, outside) };
  });
}

function decide(
  attempt: Attempt,
  { verdict, seen }: Told,
  outside: Outside | null,
): Pick<AttemptResult, "verdict" | "seen"> {
  if (verdict === "not tried") return { verdict, seen };
  if (outside === null || attempt.witness === undefined)
    return verdict === "unseen" ? { verdict: "not tried", seen: `${seen}; nobody looked outside` } : { verdict, seen };
  const arrived = attempt.witness(outside);
  if (arrived !== null) return { verdict: "escaped", seen: arrived };
  return { verdict: "held", seen: verdict === "held" ? seen : `${seen}; nothing arrived outside` };
}

/** Of two looks at the same attempts: what got through in either. */
export function worseOf(first: readonly AttemptResult[], second: readonly AttemptResult[]): AttemptResult[] {
  return first.map((one, index) => (one.verdict === "held" ? (second[index] ?? one) : one));
}

export function isHeld(results: readonly AttemptResult[]): boolean {
  return results.length > 0 && results.every(({ verdict }) => verdict === "held");
}
