import { stateRoot, stateRootPath, type StateRoot } from "@harness/core";
import { createTerminal, type Terminal } from "./terminal.ts";

/** What a command is given. */
export interface Io {
  readonly root: StateRoot;
  readonly terminal: Terminal;
  /** The arguments after `--`, untouched. */
  readonly rest: readonly string[];
  /** The person's home directory and search path. */
  readonly home: string | undefined;
  readonly path: string;
  readonly directory: string;
  /** For what is started from here, and for the keys that config.yaml names. */
  readonly environment: NodeJS.ProcessEnv;
}

export function readEnvironment(rest: readonly string[]): Io {
  const { env } = process;
  return {
    root: stateRoot(stateRootPath(env)),
    terminal: createTerminal(env),
    rest,
    home: env["HOME"],
    path: env["PATH"] ?? "",
    directory: process.cwd(),
    environment: env,
  };
}
