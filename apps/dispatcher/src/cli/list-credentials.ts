import type { Context } from "../context.ts";
import { findLogin, type LoginState } from "../credentials/find-login.ts";
import { findCredential, listCredentials, type CredentialKind, type Protection } from "../credentials/store.ts";
import { readWorker } from "../credentials/worker-record.ts";

export interface CredentialLine {
  /** Its name: of the provider, or of the credential of a remote. */
  provider: string;
  kind: CredentialKind;
  /** The address of the remote that it opens. */
  remote: string | null;
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
  const stored = listCredentials(root);
  const keys = stored.filter(({ git }) => git === undefined).map(({ provider }) => provider);
  const names = [...new Set([...Object.keys(config.providers), ...keys])];
  const providers = names.map((provider): CredentialLine => {
    const kept = findCredential(root, provider);
    const variable = config.providers[provider]?.keyEnv ?? null;
    const inEnvironment = variable !== null && Boolean(environment[variable]);
    return {
      provider,
      kind: "provider" as const,
      remote: null,
      key: kept?.protection ?? (inEnvironment ? "environment" : null),
      variable: kept === null && inEnvironment ? variable : null,
      setAt: kept?.setAt ?? null,
      worker: readWorker(root, provider)?.pid ?? null,
      login: kept && findLogin(root, kept),
    };
  });
  const remotes = stored.flatMap(({ provider, protection, setAt, git }) =>
    git === undefined
      ? []
      : {
          provider,
          kind: "git" as const,
          remote: git.url,
          key: protection,
          variable: null,
          setAt,
          worker: readWorker(root, provider)?.pid ?? null,
          login: null,
        },
  );
  return [...providers, ...remotes];
}
