import { statSync } from "node:fs";
import { HarnessError, isHarnessError, type StateRoot } from "@harness/core";
import type { Context } from "../context.ts";
import { kindOf, type Endpoint } from "./endpoint.ts";
import { findCredential, openCredential, type CredentialKind } from "./store.ts";

/** The keys of providers and remotes, as far as they can be had now. */
export interface OpenedKeys {
  /** Undefined where there is one, and it cannot be had now. */
  find(name: string, endpoint: Endpoint): Promise<WorkerKey | undefined>;
  /** Opens a key that is kept under a passphrase, for as long as this process lives. Throws `credential-locked`. */
  open(name: string, passphrase: string, kind: CredentialKind): Promise<void>;
}

/** What a worker is given. */
export interface WorkerKey {
  /** Null for a provider without. */
  readonly secret: string | null;
  /** The file of the login that it opens. */
  readonly login?: string | undefined;
}

export function createOpenedKeys({ root, environment }: Pick<Context, "root" | "environment">): OpenedKeys {
  const opened = new Map<string, { secret: string; storedMs: number }>();

  async function stored(name: string, kind: CredentialKind): Promise<WorkerKey | null> {
    const found = findCredential(root, name, kind);
    if (found === null) return null;
    const known = opened.get(name);
    // Another may have been stored in its place.
    const secret = known?.storedMs === storedMs(root, name) ? known.secret : await openCredential(root, name, { kind });
    if (secret === null) return null;
    return { secret, login: found.login === undefined ? undefined : root.workerOf(name).login(found.login) };
  }
  return {
    async find(name, endpoint) {
      try {
        const key = await stored(name, kindOf(endpoint));
        if (key !== null) return key;
      } catch (error) {
        if (isHarnessError(error) && error.code === "credential-locked") return undefined;
        throw error;
      }
      if (endpoint.wire === "git") return undefined;
      const { keyEnv } = endpoint;
      if (keyEnv === undefined) return { secret: null };
      // Whitespace around it is not part of it: a line's end is what a file leaves there.
      const secret = environment[keyEnv]?.trim();
      return secret ? { secret } : undefined;
    },
    async open(name, passphrase, kind) {
      const before = storedMs(root, name);
      const secret = await openCredential(root, name, { passphrase, kind });
      if (secret === null) throw new HarnessError("credential-not-found", `No key of ${name} is kept here.`);
      opened.set(name, { secret, storedMs: before });
    },
  };
}

/** When the stored key of a provider was last written; 0 where none is. */
export function storedMs(root: StateRoot, name: string): number {
  return statSync(root.workerOf(name).credential, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
