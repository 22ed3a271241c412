import { CLIENT_CHECKS } from "./client-checks.ts";
import { openClientStage } from "./client-stage.ts";
import { type ConformanceOptions, type ConformanceReport, runChecks } from "./report.ts";

/**
 * Whether a program sends messages as docs/state-directory.md describes it. It is started as `<command> <text>` with
 * HARNESS_STATE naming the session's directory, on directories in a temporary root.
 */
export function runClientConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  return runChecks(options, { subject: "client", checks: CLIENT_CHECKS, open: () => openClientStage(options) });
}
