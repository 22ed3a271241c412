import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { HarnessError, type AgentChoice } from "@harness/core";
import type { Users } from "./own-users.ts";
import { findClosed } from "./closed-path.ts";

/** Throws `agent-unreachable` where a session would run as a user of its own, who cannot read its coding agent. */
export function refuseUnreachable({ verdict }: Users, { name, command = [] }: AgentChoice): void {
  if (!verdict.own) return;
  for (const word of command.slice(0, 2)) {
    const closed = isAbsolute(word) && existsSync(word) ? findClosed(word) : null;
    if (closed === null) continue;
    throw new HarnessError(
      "agent-unreachable",
      `The user of a session cannot start ${name ?? word}: ${closed} keeps it out.`,
    );
  }
}
