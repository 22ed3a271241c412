import type { Config } from "../config.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The same variables, with those that hold a provider's key in no copy of them: what is started gets copies. Who knows the
 * name of one finds it.
 */
export function hideKeys(variables: Variables, providers: Config["providers"]): Variables {
  const shown = { ...variables };
  for (const name of keyNames(providers)) {
    const value = shown[name];
    if (value === undefined) continue;
    delete shown[name];
    Object.defineProperty(shown, name, { value, enumerable: false });
  }
  return shown;
}

/** Takes the keys out of what this process's children inherit where nobody says what they get. */
export function dropKeys(environment: NodeJS.ProcessEnv, providers: Config["providers"]): void {
  for (const name of keyNames(providers)) delete environment[name];
}

function keyNames(providers: Config["providers"]): string[] {
  return Object.values(providers).flatMap(({ keyEnv }) => keyEnv ?? []);
}
