/**
 * How often a refusal alone has a token renewed. Whoever can make a provider answer 401 has no more than one renewal from it
 * in this time, whatever sessions do.
 */
const EVERY_MS = 5 * 60_000;

/** Tells a token that the provider takes no more from a call that it would take with no token. */
export interface TokenTrust {
  /** A call was answered well that was begun as the `order`-th. */
  accepted(order: number): void;
  /** The same with 401. True where the token is to be renewed for it, or already is. */
  refused(order: number): boolean;
  /** The token is to be renewed before its time. */
  isWanted(): boolean;
  /** Another one has taken its place. */
  replaced(): void;
}

export function createTokenTrust(everyMs = EVERY_MS, now: () => number = () => performance.now()): TokenTrust {
  let lastGood = -1;
  let wantedFrom: number | null = null;
  let wantedAtMs = Number.NEGATIVE_INFINITY;
  /** It was got because the one before was refused, and nobody has seen it accepted. */
  let isUnproven = false;
  return {
    accepted(order) {
      isUnproven = false;
      lastGood = Math.max(lastGood, order);
      // What was refused before it was the call.
      if (wantedFrom !== null && order > wantedFrom) wantedFrom = null;
    },
    refused(order) {
      if (wantedFrom !== null) return true;
      // Another token would fare no better.
      if (isUnproven || order < lastGood || now() - wantedAtMs < everyMs) return false;
      wantedFrom = order;
      wantedAtMs = now();
      return true;
    },
    isWanted: () => wantedFrom !== null,
    replaced() {
      isUnproven = wantedFrom !== null;
      wantedFrom = null;
    },
  };
}
