import { constants } from "node:os";
import type { ProcessExit } from "../tree/process-tree.ts";

/** In a namespace of its own a program's signal arrives as the exit code 128 plus its number. */
export function describeExit({ code, signal }: ProcessExit): string {
  const byShell = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  if (signal !== null) return `was ended by ${signal}`;
  return byShell === undefined ? `ended with exit code ${code}` : `ended with exit code ${code} (${byShell})`;
}
