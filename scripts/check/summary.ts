import type { CheckResult } from "./run-checks.ts";

/** One line per check: name, verdict, seconds; what a failed one printed follows indented. */
export function summariseCheck({ name, code, durationMs, output }: CheckResult): string {
  const line = `${name.padEnd(18)} ${code === 0 ? "ok    " : "FAILED"} ${(durationMs / 1000).toFixed(1).padStart(6)} s`;
  if (code === 0) return line;
  const printed = output.trim() || `It printed nothing and ended with code ${code}.`;
  return `${line}\n${printed.replace(/^(?=.)/gm, "  ")}`;
}

export function summariseChecks(results: CheckResult[]): string {
  const failed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
  if (failed.length === 0) return `All ${results.length} checks pass.`;
  return `${failed.length} of ${results.length} checks failed: ${failed.join(", ")}.`;
}
