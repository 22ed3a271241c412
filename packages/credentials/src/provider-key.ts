import { validateHeaderValue } from "node:http";
import type { Refusal } from "./refusal.ts";
import { secretForms } from "./secret-forms.ts";

/** What one call presents to the provider. */
export interface PresentedKey {
  /** Null for an endpoint that wants no key. */
  readonly secret: string | null;
  /** It goes as a bearer token on every wire. */
  readonly isToken: boolean;
  /** Every form of it, and of what else must not come back. */
  readonly forms: readonly Buffer[];
  /** Tells it from the one before and after. */
  readonly generation: number;
  /** Counts the calls to which it was given. */
  readonly order: number;
}

/** The one key of the worker's provider, whatever it takes to have it. */
export interface ProviderKey {
  /** What is good now, or why there is nothing. */
  present(): Promise<PresentedKey | Refusal>;
  /** The provider said what it thinks of a key. Where another will be had in its place, what to tell the session. */
  answered(key: PresentedKey, status: number): Refusal | null;
  /** Something is under way that must not be lost. */
  isBusy(): boolean;
  /** Nothing new is begun any more. Resolves when what is under way is on the disk. */
  settle(): Promise<void>;
}

export function isRefusal(given: PresentedKey | Refusal): given is Refusal {
  return "code" in given;
}

/** A key that stays what it is. Throws where it could not be sent. */
export function fixedKey(secret: string | null): ProviderKey {
  if (secret !== null && !isSendable(secret))
    throw new Error("The key holds a character, such as the end of a line, that no header can carry.");
  const forms = secret === null ? [] : secretForms(secret);
  const key = { secret, isToken: false, forms, generation: 0, order: 0 };
  return { present: async () => key, answered: () => null, isBusy: () => false, settle: async () => {} };
}

function isSendable(secret: string): boolean {
  try {
    validateHeaderValue("authorization", secret);
    return true;
  } catch {
    return false;
  }
}
