import type { Wanted } from "@harness/core";
import type { Context } from "../context.ts";

/** The variable that holds the key of the session's provider, when config.yaml hands it through. */
export function keyVariable(config: Context["config"], provider: string | undefined): string | null {
  if (provider === undefined || !Object.hasOwn(config.providers, provider)) return null;
  return config.providers[provider]?.keyEnv ?? null;
}

export function isKeyInside(
  { config, environment }: Pick<Context, "config" | "environment">,
  wanted: Wanted | null,
): boolean {
  const variable = keyVariable(config, wanted?.provider);
  return variable !== null && Boolean(environment[variable]);
}
