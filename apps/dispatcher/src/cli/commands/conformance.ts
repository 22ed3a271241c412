import { HarnessError } from "@harness/core";
import type { ConformanceCheck, ConformanceReport } from "@harness/core/conformance";
import type { DeclareCommand } from "../command.ts";
import { positive } from "../count.ts";
import { plainLine } from "../escape.ts";

const HELP = `
agent   is started as: <command> --session <id> -- <coding agent>
        in a session's directory, with HARNESS_STATE as its whole environment.
client  is started as: <command> <text>
        with HARNESS_STATE naming a session's directory, and sends the text as a prompt.

Exits with 1 when a check does not pass.

Examples:
  harness conformance agent -- harness-agent
  harness conformance client -- python3 send.py`;

interface Options {
  only?: string[];
  patience?: number;
  json?: boolean;
}

export const declareConformance: DeclareCommand = (command, { path, rest, terminal }) => {
  command
    .usage("[options] agent|client -- <command>…")
    .argument("<role>", "what the program is: agent or client")
    .option("--only <check...>", "these checks only")
    .option("--patience <factor>", "multiplies every time limit, for slow machines", positive)
    .option("--json", "print {subject, command, checks: [{name, expected, seen, passed, tookMs}], passed}")
    .addHelpText("after", HELP)
    .action(async (role: string, options: Options) => {
      const { runAgentConformance, runClientConformance } = await import("@harness/core/conformance");
      const runs = { agent: runAgentConformance, client: runClientConformance };
      const run = role === "agent" || role === "client" ? runs[role] : undefined;
      if (!run || rest.length === 0) {
        throw new HarnessError(
          "usage-invalid",
          run ? "There is no command to check." : `${role} is neither agent nor client.`,
          {
            hint: "harness conformance agent|client -- <command>",
          },
        );
      }
      const { only, patience, json } = options;
      const report = await run({
        command: [...rest],
        path,
        onCheck: (check) => void (json || tell(check)),
        ...(only === undefined ? {} : { only }),
        ...(patience === undefined ? {} : { patience }),
      });
      if (!report.passed) process.exitCode = 1;
      if (json) terminal.json(report);
      else terminal.line(summary(report));
    });

  function tell({ name, expected, seen, passed, tookMs }: ConformanceCheck): void {
    const mark = passed ? terminal.colour("green", "passed") : terminal.colour("red", "failed");
    terminal.line(`${mark}  ${name} (${tookMs} ms)`);
    terminal.line(`        expected  ${plainLine(expected)}`);
    terminal.line(`        seen      ${plainLine(seen)}`);
  }
};

function summary({ checks, passed }: ConformanceReport): string {
  const good = checks.filter((check) => check.passed).length;
  return passed ? `All ${good} checks passed.` : `${good} of ${checks.length} checks passed.`;
}
