import { isHarnessError } from "@harness/core";
import { listCodingAgents, type CodingAgent } from "../../coding-agents/list.ts";
import { readConfig } from "../../config.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { agentsTable } from "../agents-table.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import type { Io } from "../environment.ts";

export const declareAgents: DeclareCommand = (command, io) => {
  const { terminal } = io;
  command
    .option("--json", "print a list of coding agents, as GET /api/agents answers it")
    .addHelpText(
      "after",
      "\nTells what the dispatcher finds where it runs; while it is down, what is found from here." +
        "\n\nExample:\n  harness agents",
    )
    .action(async (options: { json?: boolean }) => {
      const agents = await askAgents(io);
      if (options.json) return terminal.json(agents);
      for (const line of agentsTable(agents, terminal)) terminal.line(line);
    });
};

/** The dispatcher starts the sessions: where it runs, what it finds is what counts. */
async function askAgents({ root, environment }: Io): Promise<CodingAgent[]> {
  if (readDispatcher(root) !== null) {
    try {
      return await bodyOf(connect(root).agents.$get());
    } catch (error) {
      if (!isHarnessError(error) || error.code !== "dispatcher-unreachable") throw error;
    }
  }
  return await listCodingAgents({ config: readConfig(root), environment });
}
