import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { HarnessError } from "@harness/core";

/** The file that a command's first word names: looked up on PATH, or taken from `directory` when it is a path. Throws `program-not-found`. */
export function findProgram(name: string, place: { path: string | undefined; directory: string }): string {
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
