import { existsSync, readdirSync } from "node:fs";
import { isId, type Clock, type StateRoot } from "@harness/core";
import { endWorker } from "./keep-worker.ts";
import { readWorker } from "./worker-record.ts";

/** Ends every credential worker of a state root. Returns how many there were. */
export async function endWorkers(root: StateRoot, clock: Clock): Promise<number> {
  const names = existsSync(root.run.workers) ? readdirSync(root.run.workers).filter(isId) : [];
  const living = names.flatMap((name) => readWorker(root, name) ?? []);
  await Promise.all(living.map((identity) => endWorker({ clock }, identity)));
  return living.length;
}
