import { constants } from "node:os";
import type { ProcessExit } from "../tree/process-tree.ts";

/** In a namespace of its own a program's signal arrives as the exit code 128 plus its number. */
export function describeExit({ code, signal, outOfMemory = false }: ProcessExit): string {
  const byShell = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  // What ends with another code met the limit and went on.
  const why = outOfMemory && (signal ?? byShell) === "SIGKILL" ? ": the session's memory was at its limit" : "";
  if (signal !== null) return `was ended by ${signal}${why}`;
  return byShell === undefined ? `ended with exit code ${code}` : `ended with exit code ${code} (${byShell})${why}`;
}
