import { COMMANDS } from "./command-map.ts";

const WIDTH = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 3;

/** What `harness --help` prints. */
export function overview(): string {
  const groups = Map.groupBy(Object.entries(COMMANDS), ([, { group }]) => group);
  const sections = Array.from(groups, ([group, commands]) =>
    [`${group}:`, ...commands.map(([name, { summary }]) => `  ${name.padEnd(WIDTH)}${summary}`)].join("\n"),
  );
  return [
    "harness: coding agents side by side, each in a session of its own.",
    "Usage: harness <command> [options]",
    ...sections,
    [
      "Examples:",
      '  harness spawn "fix the failing test"',
      "  harness ps",
      '  harness send k3x "and add a test for it" --wait',
      "  harness merge k3x",
    ].join("\n"),
    [
      "`harness <command> --help` tells more. Where a command prints data, --json gives it to programs.",
      "An id may be shortened as long as it stays unambiguous; a session's --name works wherever its id does.",
      "State is kept in $HARNESS_HOME, by default ~/.harness. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 70 a bug.",
    ].join("\n"),
  ].join("\n\n");
}
