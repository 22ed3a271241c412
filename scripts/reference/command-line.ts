import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { COMMANDS } from "../../apps/dispatcher/src/cli/command-map.ts";
import { root } from "../check/run-command.ts";

const WIDTH = "100";
const HARNESS = join(root, "apps/dispatcher/bin/harness");

/** docs/command-line.md: what `--help` says, so that the page cannot say anything else. */
export function commandLinePage(): string {
  const sections = Object.keys(COMMANDS).map((name) => `## harness ${name}\n\n${help(name)}`);
  return `# The command line

Ids may be shortened to any unambiguous prefix, and a session's name works wherever its id does. What a command prints for people
may change; what it prints with \`--json\` is stable. \`ps\`, \`show\`, \`logs\`, \`wait\`, \`send\` and \`answer\` work on the files of a
session, so they work while the dispatcher is down. \`spawn\` and \`resume\` start a dispatcher when none runs.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 70 a bug in Harness.

## harness

${help()}

${sections.join("\n\n")}
`;
}

function help(command?: string): string {
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent", COLUMNS: WIDTH, NO_COLOR: "1" };
  const text = execFileSync(HARNESS, [...(command ? [command] : []), "--help"], { env, encoding: "utf8" });
  const lines = text.trim().split("\n");
  return `\`\`\`text\n${lines.map((line) => line.trimEnd()).join("\n")}\n\`\`\``;
}
