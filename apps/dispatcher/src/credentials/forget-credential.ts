import type { Clock, StateRoot } from "@harness/core";
import { endWorker } from "./keep-worker.ts";
import { findCredential, removeCredential, removeLogins } from "./store.ts";
import { readWorker } from "./worker-record.ts";

/**
 * Forgets the key of a provider, and ends the worker that has it: it would go on with it. Where the key is also in the
 * dispatcher's environment, the dispatcher starts another with that. False when there is none to forget.
 */
export async function forgetCredential(root: StateRoot, clock: Clock, name: string): Promise<boolean> {
  const worker = readWorker(root, name);
  if (!(await removeCredential(root, name))) return false;
  if (worker !== null) await endWorker({ clock }, worker);
  // It may have been writing down a login that it renewed.
  await removeLogins(root, name, findCredential(root, name)?.login);
  return true;
}
