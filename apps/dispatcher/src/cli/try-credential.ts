import { systemClock } from "@harness/core";
import { accessTokenOf } from "../credentials/find-login.ts";
import { findCredential, openCredential } from "../credentials/store.ts";
import { testCredential, type Trial } from "../credentials/test-credential.ts";
import type { Provider } from "../providers/built-in.ts";
import type { Io } from "./environment.ts";

/** Tries the key that a worker would be given. `askPassphrase` is asked only where it takes one. */
export async function tryCredential(
  { root, environment }: Pick<Io, "root" | "environment">,
  { name, provider }: { readonly name: string; readonly provider: Provider },
  askPassphrase: () => Promise<string>,
): Promise<Trial> {
  const kept = findCredential(root, name);
  const { keyEnv } = provider;
  if (kept === null)
    return testCredential(provider, { secret: keyEnv === undefined ? null : (environment[keyEnv] ?? null) });
  const passphrase = kept.protection === "passphrase" ? await askPassphrase() : undefined;
  const key = await openCredential(root, name, passphrase);
  if (kept.login === undefined || key === null) return testCredential(provider, { secret: key });
  const secret = accessTokenOf(root, kept, { key, nowMs: systemClock.now() });
  if (secret !== null) return testCredential(provider, { secret, isToken: true });
  const text = "The access token is over. The credential worker gets another with the next call; nobody else may.";
  return { ok: false, status: null, text };
}
