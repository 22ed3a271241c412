import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { HarnessError } from "@harness/core";
import type { OpenOptions } from "./driver.ts";

/** Throws `agent-not-chosen`. */
export function requireCommand({ choice }: Pick<OpenOptions, "choice">): readonly [string, ...string[]] {
  const [program, ...args] = choice.command ?? [];
  if (program) return [program, ...args];
  throw new HarnessError(
    "agent-not-chosen",
    `The driver \`${choice.driver}\` needs a command: an argument list in agent.command.`,
  );
}

/** The session's command, with the file of its program. Throws `agent-not-chosen` and `program-not-found`. */
export function resolveCommand(options: OpenOptions): string[] {
  const [program, ...args] = requireCommand(options);
  const { processes, sessionDirectory } = options;
  return [findProgram(program, { path: processes.environment["PATH"], directory: sessionDirectory }), ...args];
}

/** The file that a command's first word names: looked up on PATH, or taken from `directory` when it is a path. Throws `program-not-found`. */
function findProgram(name: string, place: { path: string | undefined; directory: string }): string {
  const candidates = name.includes("/")
    ? [resolve(place.directory, name)]
    : (place.path ?? "").split(delimiter).map((directory) => join(directory || ".", name));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  const where = name.includes("/") ? "is no executable file" : "is not on PATH";
  throw new HarnessError("program-not-found", `The coding agent's program ${JSON.stringify(name)} ${where}.`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
