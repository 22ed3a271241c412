import type { Context } from "../context.ts";
import type { Provider } from "../providers/built-in.ts";
import { findCredential } from "./store.ts";

type Known = Pick<Context, "root" | "environment">;

/** The variable in which a session finds its worker key where its provider names none. */
const OWN_VARIABLE = "HARNESS_MODEL_KEY";

/** Whether there is a key of this provider: kept here, or in the dispatcher's environment. It need not be open. */
export function hasKey({ root, environment }: Known, name: string, { keyEnv }: Pick<Provider, "keyEnv">): boolean {
  return (keyEnv !== undefined && Boolean(environment[keyEnv])) || findCredential(root, name) !== null;
}

/** Whether a credential worker stands before this provider: wherever there is something to keep or to count. */
export function needsWorker(known: Known, name: string, provider: Provider): boolean {
  return provider.budget !== undefined || provider.limits !== undefined || hasKey(known, name, provider);
}

/** The variable in which a session finds what it calls the key of its model; null where there is none. */
export function keyVariable(known: Known, name: string, provider: Provider): string | null {
  return provider.keyEnv ?? (needsWorker(known, name, provider) ? OWN_VARIABLE : null);
}
