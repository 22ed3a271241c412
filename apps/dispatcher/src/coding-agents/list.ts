import { WireSchema } from "@harness/core";
import { z } from "zod";
import type { Agent, Config } from "../config.ts";
import { askVersion } from "./ask-version.ts";
import { builtInAgent, installHint } from "./built-in.ts";
import { findCommand } from "./find-command.ts";
import { packageVersion } from "./find-program.ts";

export const CodingAgentSchema = z.object({
  name: z.string(),
  driver: z.string(),
  /** What a session gets that names none. */
  isDefault: z.boolean(),
  installed: z.boolean(),
  /** Its program; null where none is started, or none was found. */
  path: z.string().nullable(),
  version: z.string().nullable(),
  /** The wire formats it speaks; null where it asks no model, or where that is not known. */
  wires: z.nullable(z.array(WireSchema)),
  how: z.string(),
  licence: z.string().nullable(),
  note: z.string().nullable(),
  /** How to install it. */
  install: z.string().nullable(),
});
export type CodingAgent = z.infer<typeof CodingAgentSchema>;

export interface ListFacts {
  config: Pick<Config, "agents" | "defaults">;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Every coding agent that is known here. Versions are asked side by side. */
export async function listCodingAgents({ config, environment }: ListFacts): Promise<CodingAgent[]> {
  const path = environment["PATH"] ?? "";
  return await Promise.all(
    Object.entries(config.agents).map(([name, agent]) => look({ name, agent, path }, name === config.defaults.agent)),
  );
}

async function look(
  { name, agent, path }: { name: string; agent: Agent; path: string },
  isDefault: boolean,
): Promise<CodingAgent> {
  const known = builtInAgent(name, agent.driver);
  const found = findCommand(name, agent, path);
  return {
    name,
    driver: agent.driver,
    isDefault,
    installed: found.installed,
    path: found.path,
    // A program of somebody's own is not started to find out what it is.
    version: known?.program && found.path !== null ? await versionOf(found.path, known.program.package, path) : null,
    wires: known?.wires ? [...known.wires] : null,
    how: known?.how ?? (agent.command ? "as config.yaml says" : `driver ${agent.driver}`),
    licence: known?.licence ?? null,
    note: known?.note ?? null,
    install: known === null ? null : installHint(known),
  };
}

async function versionOf(file: string, packageName: string, path: string): Promise<string | null> {
  return packageVersion(file, packageName) ?? (await askVersion(file, path));
}
