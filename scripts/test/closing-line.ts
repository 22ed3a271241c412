/** The part of vitest's JSON report that is counted here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

export interface Closing {
  line: string;
  failed: number;
  /** Why more failed than the tests say. */
  reasons: string[];
}

/** Counts the tests of `report` (JSON, or null where there is none), and as one failure each: a step before them that
 *  failed, a test file that could not be loaded, and a run that failed for a reason no test names. */
export function closingLine(exitCodes: Record<string, number>, report: string | null): Closing {
  const counts: Report | null = report === null ? null : JSON.parse(report);
  const unloaded =
    counts?.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0) ?? [];
  const reasons = unloaded.map(({ name }) => `${name} could not be loaded.`);
  let failed = (counts?.numFailedTests ?? 0) + unloaded.length;
  for (const [step, code] of Object.entries(exitCodes)) {
    if (code === 0 || (step === "tests" && failed > 0 && counts !== null)) continue;
    failed += 1;
    reasons.push(
      step === "tests" ? "The test run failed outside of any test; see above." : `The ${step} failed; see above.`,
    );
  }
  if (counts === null && exitCodes["tests"] === 0) {
    failed += 1;
    reasons.push("The test run left no report.");
  }
  const passed = counts?.numPassedTests ?? 0;
  const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0);
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { line, failed, reasons };
}
