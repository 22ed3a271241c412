import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";

const INSTALLED = resolve(import.meta.dirname, "../../../../.ci/agents/node_modules");

/** The commands of the coding agents that `.ci/agents` pins. */
const COMMANDS = {
  goose: {
    program: "@aaif/goose-binary-linux-x64/bin/goose",
    before: [],
    after: ["acp", "--with-builtin", "developer"],
  },
  codex: { program: "@agentclientprotocol/codex-acp/dist/index.js", before: [process.execPath], after: [] },
} as const;

/**
 * How a real coding agent is started. Where it is not installed, prints `NOT RUN: <name>` and returns null; where CI=true
 * it throws, so that a test cannot be left out unseen.
 */
export function installedAgent(name: keyof typeof COMMANDS): string[] | null {
  const { program, before, after } = COMMANDS[name];
  const path = resolve(INSTALLED, program);
  try {
    accessSync(path, constants.R_OK);
    return [...before, path, ...after];
  } catch (error) {
    console.log(`NOT RUN: ${name}`);
    if (process.env["CI"] === "true")
      throw new Error(`${name} is needed in CI and is not in .ci/agents.`, { cause: error });
    return null;
  }
}
