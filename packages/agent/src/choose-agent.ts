import { HarnessError, UNDECIDED_DRIVER, type AgentChoice, type SessionSpec } from "@harness/core";
import { driverNames } from "./drivers/registry.ts";

export interface AgentWish {
  readonly agent?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

/**
 * Which coding agent a session has: the command after `--`, else `--agent`, else session.json. Pure.
 * Throws `agent-not-chosen` and `agent-not-found`.
 */
export function chooseAgent(spec: Pick<SessionSpec, "agent"> | null, wish: AgentWish): AgentChoice {
  const { agent: name, command } = wish;
  if (command) return { name: name ?? command[0], driver: "command", command: [...command] };
  const known = spec?.agent.driver === UNDECIDED_DRIVER ? undefined : spec?.agent;
  if (known && (name === undefined || name === known.name || name === known.driver)) return checkDriver(known);
  if (name !== undefined) return checkDriver({ name, driver: name });
  throw new HarnessError("agent-not-chosen", "Nothing says which coding agent this session has.");
}

function checkDriver(choice: AgentChoice): AgentChoice {
  if (driverNames.includes(choice.driver)) return choice;
  throw new HarnessError(
    "agent-not-found",
    `No coding agent and no driver is called ${JSON.stringify(choice.driver.slice(0, 80))} here.`,
    { hint: `Give \`-- <command>\`, or one of these with --agent or in session.json: ${driverNames.join(", ")}.` },
  );
}
