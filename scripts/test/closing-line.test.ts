import { expect, test } from "vitest";
import { closingLine } from "./closing-line.ts";

const fine = { check: 0, build: 0, tests: 0 };

function report(counts: {
  passed?: number;
  failed?: number;
  pending?: number;
  todo?: number;
  unloaded?: string[];
}): string {
  return JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: [
      { name: "good.test.ts", status: "passed", assertionResults: [{}] },
      ...(counts.unloaded ?? []).map((name) => ({ name, status: "failed", assertionResults: [] })),
    ],
  });
}

test("a green run is counted without a word about skipped tests", () => {
  expect(closingLine(fine, report({ passed: 12 }))).toEqual({ line: "12 passed, 0 failed", failed: 0, reasons: [] });
});

test("skipped and planned tests are named", () => {
  expect(closingLine(fine, report({ passed: 3, pending: 1, todo: 1 })).line).toBe("3 passed, 0 failed, 2 skipped");
});

test("a failed test is counted once although its run failed too", () => {
  expect(closingLine({ ...fine, tests: 1 }, report({ passed: 3, failed: 2 }))).toMatchObject({
    line: "3 passed, 2 failed",
    failed: 2,
  });
});

test.for(["check", "build"])("a failed %s is a failure", (step) => {
  const { line, reasons } = closingLine({ ...fine, [step]: 1 }, report({ passed: 3 }));
  expect(line).toBe("3 passed, 1 failed");
  expect(reasons).toEqual([`The ${step} failed; see above.`]);
});

test("a test file that cannot be loaded is a failure", () => {
  const { line, reasons } = closingLine({ ...fine, tests: 1 }, report({ passed: 3, unloaded: ["broken.test.ts"] }));
  expect(line).toBe("3 passed, 1 failed");
  expect(reasons).toEqual(["broken.test.ts could not be loaded."]);
});

test("a run that failed outside of every test is a failure", () => {
  expect(closingLine({ ...fine, tests: 1 }, report({ passed: 3 })).line).toBe("3 passed, 1 failed");
});

test("a run that left no report is a failure, whatever its exit code", () => {
  expect(closingLine({ ...fine, tests: 1 }, null).line).toBe("0 passed, 1 failed");
  expect(closingLine(fine, null).line).toBe("0 passed, 1 failed");
});
