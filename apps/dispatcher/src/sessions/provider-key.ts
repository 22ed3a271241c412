import type { Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import { without } from "../without.ts";

type Handing = Pick<Context, "config" | "environment">;

/** The variable that holds the key of the session's provider and is handed through to its process; null where none is. */
export function handedKey({ config, environment }: Handing, { provider }: Wanted): string | null {
  if (provider === undefined || !Object.hasOwn(config.providers, provider)) return null;
  const variable = config.providers[provider]?.keyEnv;
  return variable !== undefined && environment[variable] ? variable : null;
}

/** Writes down which key the next process of a session is handed: only the dispatcher knows its own variables. */
export function recordKey(handing: Handing, wanted: Wanted): Wanted {
  const variable = handedKey(handing, wanted);
  return variable === null ? without(wanted, "keyInside") : { ...wanted, keyInside: variable };
}

export function isKeyInside(wanted: Wanted | null): boolean {
  return wanted?.keyInside !== undefined;
}
