import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Agent } from "../config.ts";
import { builtInAgent } from "./built-in.ts";
import { findPackaged, findProgram, startOf } from "./find-program.ts";

/** How a coding agent is started here. */
export interface FoundCommand {
  /** What Node has compiled of the program; absent where none was kept. */
  compileCache?: string;
  /** Absent where nothing is started, or where nothing was found. */
  command?: string[];
  /** The program itself. */
  path: string | null;
  installed: boolean;
}

/** Looks a coding agent up on this machine; starts nothing. */
export function findCommand(name: string, agent: Agent, path: string): FoundCommand {
  if (agent.command !== undefined) return configured(agent.command, agent.driver, path);
  const known = builtInAgent(name, agent.driver);
  if (known === null || known.program === null) return { path: null, installed: true };
  const { program } = known;
  const file = name === "pi" ? findPi() : (findProgram(program.name, path) ?? findPackaged(program.package, path));
  if (file === null) return { path: null, installed: false };
  const command = [...startOf(file), ...known.arguments];
  return { command, path: file, installed: true, ...(name === "pi" ? keptCache() : {}) };
}

// A `command` agent may name a file of the session itself, so that its first word is not looked for here.
function configured(command: string[], driver: string, path: string): FoundCommand {
  const [program = "", ...rest] = command;
  const file = findProgram(program, path);
  if (driver === "command" || driver === "scripted") return { command, path: file, installed: true };
  return file === null ? { path: null, installed: false } : { command: [file, ...rest], path: file, installed: true };
}

// The one of the version this was built with, whatever else is on PATH.
function findPi(): string | null {
  try {
    const entry = fileURLToPath(import.meta.resolve("@earendil-works/pi-coding-agent"));
    const file = join(dirname(entry), "bundle", "cli.js");
    return existsSync(file) ? file : null;
  } catch {
    // The install left it out.
    return null;
  }
}

/** build.ts makes it. */
function keptCache(): { compileCache?: string } {
  const manifest = createRequire(import.meta.url).resolve("@harness/dispatcher/package.json");
  const compileCache = join(dirname(manifest), "dist", "pi-compile-cache");
  return existsSync(compileCache) ? { compileCache } : {};
}
