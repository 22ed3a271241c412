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
}

/** The one key of the worker's provider, whatever it takes to have it. */
export interface ProviderKey {
  /** What is good now, or why there is nothing. */
  present(): Promise<PresentedKey | Refusal>;
  /** The provider said what it thinks of a key. Where another will be had in its place, what to tell the session. */
  answered(key: PresentedKey, status: number): Refusal | null;
}

export function isRefusal(given: PresentedKey | Refusal): given is Refusal {
  return "code" in given;
}

/** A key that stays what it is. */
export function fixedKey(secret: string | null): ProviderKey {
  const key = { secret, isToken: false, forms: secret === null ? [] : secretForms(secret), generation: 0 };
  return { present: async () => key, answered: () => null };
}
