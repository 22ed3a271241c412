export interface Places {
  /** How many calls may be under way at once. */
  readonly concurrent: number;
  /** How many of them each session has. */
  readonly held: ReadonlyMap<string, number>;
  /** As the how-manieth each session was served last. */
  readonly servedAt: ReadonlyMap<string, number>;
  /** All that may call, whether they do or not. */
  readonly sessions: readonly string[];
}

/**
 * The session whose call is the next; null while none may go. A session has its first place whenever one is free. Another
 * one it has only where enough are left for each session without any: a call cannot be taken away again, and one that says
 * nothing for minutes may be a model that thinks. Pure.
 */
export function nextSession(places: Places, waiting: readonly string[]): string | null {
  const { concurrent, held, servedAt, sessions } = places;
  const free = concurrent - [...held.values()].reduce((sum, count) => sum + count, 0);
  if (free <= 0) return null;
  const without = new Set([...sessions, ...waiting].filter((session) => !held.has(session)));
  const [next] = waiting
    .filter((session) => !held.has(session) || free > without.size)
    .toSorted((a, b) => (servedAt.get(a) ?? 0) - (servedAt.get(b) ?? 0));
  return next ?? null;
}
