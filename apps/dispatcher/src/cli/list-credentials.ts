import type { Context } from "../context.ts";
import { findLogin, type LoginState } from "../credentials/find-login.ts";
import { findCredential, listCredentials, type Protection } from "../credentials/store.ts";
import { readWorker } from "../credentials/worker-record.ts";

export interface CredentialLine {
  provider: string;
  /** Where the key is; null where there is none. */
  key: Protection | "environment" | null;
  /** The variable, where it comes from the environment. */
  variable: string | null;
  setAt: string | null;
  /** The process that holds it now. */
  worker: number | null;
  /** How the OAuth login stands that it opens; null where it is a key. */
  login: LoginState | null;
}

/** Every provider and where its key is; never the key. */
export function credentialLines({
  root,
  config,
  environment,
}: Pick<Context, "root" | "config" | "environment">): CredentialLine[] {
  const stored = listCredentials(root).map(({ provider }) => provider);
  const names = [...new Set([...Object.keys(config.providers), ...stored])];
  return names.map((provider) => {
    const kept = findCredential(root, provider);
    const variable = config.providers[provider]?.keyEnv ?? null;
    const inEnvironment = variable !== null && Boolean(environment[variable]);
    return {
      provider,
      key: kept?.protection ?? (inEnvironment ? "environment" : null),
      variable: kept === null && inEnvironment ? variable : null,
      setAt: kept?.setAt ?? null,
      worker: readWorker(root, provider)?.pid ?? null,
      login: kept && findLogin(root, kept),
    };
  });
}
