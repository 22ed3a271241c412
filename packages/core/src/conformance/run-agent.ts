import { LIFE_CHECKS } from "./agent-life-checks.ts";
import { MESSAGE_CHECKS } from "./agent-message-checks.ts";
import { openAgentStage } from "./agent-stage.ts";
import { START_CHECKS } from "./agent-start-checks.ts";
import { type ConformanceOptions, type ConformanceReport, runChecks } from "./report.ts";

const BARE = new Set(["makes-missing-directories", "goal-is-the-first-prompt"]);

/**
 * Whether a program is an agent process as docs/state-directory.md describes it. It is started as
 * `<command> --session <id> -- <coding agent>` with the session's directory as its current directory and HARNESS_STATE as
 * its whole environment, on directories in a temporary root.
 */
export function runAgentConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  return runChecks(options, {
    subject: "agent",
    checks: [...START_CHECKS, ...MESSAGE_CHECKS, ...LIFE_CHECKS],
    open: (name) => openAgentStage(options, BARE.has(name) ? "bare" : "usual"),
  });
}
