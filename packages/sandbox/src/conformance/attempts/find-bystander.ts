import { existsSync, readFileSync } from "node:fs";
import type { Targets } from "../targets.ts";

export function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Gone, or another user's.
    return "";
  }
}

export function isBystander(pid: number | string, { bystander }: Pick<Targets, "bystander">): boolean {
  return readIfThere(`/proc/${pid}/cmdline`).includes(bystander.words);
}

/** In a process namespace of its own the bystander's number may be that of a process inside, which is to be left alone. */
export function isSomebodyElse(targets: Pick<Targets, "bystander">): boolean {
  const { pid } = targets.bystander;
  return existsSync(`/proc/${pid}`) && !isBystander(pid, targets);
}
