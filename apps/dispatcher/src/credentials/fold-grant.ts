import type { Budget, Grant, PushGrant } from "@harness/credentials";

/** One start of an agent process, as it is granted. */
export interface GrantedStart {
  readonly keyHash: string;
  readonly budget?: Budget | undefined;
  readonly push?: PushGrant | undefined;
}

/**
 * What is granted to a session whose agent process was granted `settled`, while others are being started: each of their keys
 * opens, and the newest says how much. Null where there is nobody. Pure.
 */
export function foldGrant(session: string, settled: Grant | null, starts: readonly GrantedStart[]): Grant | null {
  const last = starts.at(-1);
  if (last === undefined) return settled;
  const { budget, push } = last;
  const hashes = starts.map(({ keyHash }) => keyHash);
  const [first = "", ...rest] = settled === null ? hashes : [settled.keyHash, ...hashes];
  const others = [...(settled?.startingKeyHashes ?? []), ...rest];
  const starting = others.length === 0 ? {} : { startingKeyHashes: others };
  return { v: 1, session, keyHash: first, ...starting, budget, push };
}
