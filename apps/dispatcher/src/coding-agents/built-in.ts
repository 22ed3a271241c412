import type { Wire } from "@harness/core";

/** A coding agent that is known without a line in config.yaml. */
export interface BuiltInAgent {
  readonly driver: string;
  /** The wire formats it speaks; null: it asks no model. */
  readonly wires: readonly Wire[] | null;
  /** The wires over which it has no model of its own choice. */
  readonly needsModel: readonly Wire[];
  /** Its program as PATH names it, and the npm package that carries it; null: it is part of the agent process. */
  readonly program: { readonly name: string; readonly package: string } | null;
  /** What follows the program. */
  readonly arguments: readonly string[];
  /** How it is driven, in words. */
  readonly how: string;
  readonly licence: string;
  readonly note?: string;
}

const goosePackage = `@aaif/goose-binary-${process.platform}-${process.arch}`;
const ACP = "Agent Client Protocol over standard input and output";

export const BUILT_IN_AGENTS: Readonly<Record<string, BuiltInAgent>> = {
  pi: {
    driver: "pi",
    wires: ["anthropic", "openai-responses", "openai-chat", "gemini"],
    needsModel: ["openai-chat"],
    program: { name: "pi", package: "@earendil-works/pi-coding-agent" },
    arguments: [],
    how: "its own RPC mode",
    licence: "MIT",
    note: "Comes with Harness. It has no permission system: it asks nothing.",
  },
  goose: {
    driver: "acp",
    wires: ["openai-chat", "anthropic", "gemini"],
    needsModel: ["openai-chat", "anthropic", "gemini"],
    program: { name: "goose", package: goosePackage },
    arguments: ["acp", "--with-builtin", "developer"],
    how: ACP,
    licence: "Apache-2.0",
  },
  codex: {
    driver: "acp",
    wires: ["openai-responses"],
    needsModel: [],
    program: { name: "codex-acp", package: "@agentclientprotocol/codex-acp" },
    arguments: [],
    how: `${ACP}, by the adapter codex-acp`,
    licence: "Apache-2.0",
    note: "The adapter brings its own Codex.",
  },
  claude: {
    driver: "acp",
    wires: ["anthropic"],
    needsModel: [],
    program: { name: "claude-agent-acp", package: "@agentclientprotocol/claude-agent-acp" },
    arguments: [],
    how: `${ACP}, by the adapter claude-agent-acp`,
    licence: "the adapter Apache-2.0, Claude Code inside it proprietary",
    note: "The adapter brings its own Claude Code.",
  },
  opencode: {
    driver: "acp",
    wires: ["openai-chat", "anthropic"],
    needsModel: ["openai-chat", "anthropic"],
    program: { name: "opencode", package: "opencode-ai" },
    arguments: ["acp", "--pure"],
    how: ACP,
    licence: "MIT",
    note: "Slow to start.",
  },
  gemini: {
    driver: "acp",
    wires: ["gemini"],
    needsModel: [],
    program: { name: "gemini", package: "@google/gemini-cli" },
    arguments: ["--acp"],
    how: ACP,
    licence: "Apache-2.0",
    note: "Killed in the middle of a turn, it cannot take its conversation up again within the same minute.",
  },
  scripted: {
    driver: "scripted",
    wires: null,
    needsModel: [],
    program: null,
    arguments: [],
    how: "a list of steps in the agent process",
    licence: "part of Harness",
    note: "Asks no model: for tests and tries.",
  },
};

/** What is known of an agent of this name, unless config.yaml gave the name to something else. */
export function builtInAgent(name: string, driver: string): BuiltInAgent | null {
  const known = Object.hasOwn(BUILT_IN_AGENTS, name) ? BUILT_IN_AGENTS[name] : undefined;
  return known?.driver === driver ? known : null;
}

export function installHint({ program }: BuiltInAgent): string | null {
  return program === null ? null : `npm install -g ${program.package}`;
}
