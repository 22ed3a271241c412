import type { Provider } from "../providers/built-in.ts";
import type { Context } from "../context.ts";
import { findCredential, type CredentialKind } from "./store.ts";

/** A remote of git, as a credential worker stands before it. */
export interface RemoteEndpoint {
  readonly wire: "git";
  readonly baseUrl: string;
  readonly user: string;
}

/** What one credential worker stands before. */
export type Endpoint = Provider | RemoteEndpoint;

/** What is configured under that name: a provider of config.yaml, or the remote of a credential that is kept here. */
export function findEndpoint({ root, config }: Pick<Context, "root" | "config">, name: string): Endpoint | null {
  return (Object.hasOwn(config.providers, name) ? config.providers[name] : undefined) ?? findRemote({ root }, name);
}

export function findRemote({ root }: Pick<Context, "root">, name: string): RemoteEndpoint | null {
  const git = findCredential(root, name, "git")?.git;
  return git === undefined ? null : { wire: "git", baseUrl: git.url, user: git.user };
}

export function kindOf({ wire }: Pick<Endpoint, "wire">): CredentialKind {
  return wire === "git" ? "git" : "provider";
}
