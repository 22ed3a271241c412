import type { StateRoot } from "@harness/core";
import { openLogin, readLoginFile } from "@harness/credentials";
import type { StoredCredential } from "./store.ts";

/** What may be told of a login. */
export interface LoginState {
  /** `needs-login`: a person has to log in again. */
  readonly state: "ready" | "needs-login";
  /** The provider's word for why. */
  readonly reason: string | null;
  /** When its access token expires; the worker gets another before. */
  readonly expiresAt: string | null;
}

/** The login that a key opens; null where it is itself the key. */
export function findLogin(root: StateRoot, { provider, login }: StoredCredential): LoginState | null {
  if (login === undefined) return null;
  const file = readLoginFile(root.workerOf(provider).login(login), provider);
  if (file === null) return { state: "needs-login", reason: "the login cannot be read", expiresAt: null };
  return { state: file.state, reason: file.reason ?? null, expiresAt: file.expiresAt };
}

/** The access token of a login, as it is now: to renew it is its worker's business alone. Null where it is over. */
export function accessTokenOf(
  root: StateRoot,
  { provider, login = "" }: Pick<StoredCredential, "provider" | "login">,
  asked: { readonly key: string; readonly nowMs: number },
): string | null {
  const file = readLoginFile(root.workerOf(provider).login(login), provider);
  if (file === null) return null;
  const { accessToken, expiresAt } = openLogin(file, asked.key);
  const isOver = accessToken === "" || (expiresAt !== null && Date.parse(expiresAt) <= asked.nowMs);
  return isOver ? null : accessToken;
}
