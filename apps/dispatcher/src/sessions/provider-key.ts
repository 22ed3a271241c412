import type { Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import { without } from "../without.ts";

/** Writes down where the key will be that the next process of a session uses: only the dispatcher knows what it has. */
export function recordKey({ credentials }: Pick<Context, "credentials">, wanted: Wanted): Wanted {
  const provider = credentials.providerOf(wanted);
  const cleared = without(wanted, "keyInside", "keyWorker");
  return provider === null ? cleared : { ...cleared, keyWorker: provider };
}

/** The running process was started before credential workers were, with the key itself. */
export function isKeyInside(wanted: Wanted | null): boolean {
  return wanted?.keyInside !== undefined;
}

export function isKeyInWorker(wanted: Wanted | null): boolean {
  return wanted?.keyWorker !== undefined;
}
