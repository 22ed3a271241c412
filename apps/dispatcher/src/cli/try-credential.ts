import { systemClock } from "@harness/core";
import { accessTokenOf } from "../credentials/find-login.ts";
import { kindOf, type Endpoint } from "../credentials/endpoint.ts";
import { findCredential, openCredential } from "../credentials/store.ts";
import { testCredential, type Trial } from "../credentials/test-credential.ts";
import { testRemote } from "../credentials/test-remote.ts";
import type { Io } from "./environment.ts";

/** Tries the key that a worker would be given. `askPassphrase` is asked only where it takes one. */
export async function tryCredential(
  { root, environment }: Pick<Io, "root" | "environment">,
  { name, endpoint }: { readonly name: string; readonly endpoint: Endpoint },
  askPassphrase: () => Promise<string>,
): Promise<Trial> {
  const kind = kindOf(endpoint);
  const kept = findCredential(root, name, kind);
  const passphrase = kept?.protection === "passphrase" ? await askPassphrase() : undefined;
  const key = kept === null ? null : await openCredential(root, name, { passphrase, kind });
  if (endpoint.wire === "git") return testRemote(endpoint, key);
  const { keyEnv } = endpoint;
  if (kept === null)
    return testCredential(endpoint, { secret: keyEnv === undefined ? null : (environment[keyEnv] ?? null) });
  if (kept.login === undefined || key === null) return testCredential(endpoint, { secret: key });
  const secret = accessTokenOf(root, kept, { key, nowMs: systemClock.now() });
  if (secret !== null) return testCredential(endpoint, { secret, isToken: true });
  const text = "The access token is over. The credential worker gets another with the next call; nobody else may.";
  return { ok: false, status: null, text };
}
