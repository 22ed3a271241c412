export interface LiveSession {
  id: string;
  /** Since when it rests (milliseconds since the epoch); null while it works or is being started. */
  idleSinceMs: number | null;
  /** Asked to park already: its slot is as good as free. */
  leaving: boolean;
}

export interface AdmissionFacts {
  live: readonly LiveSession[];
  /** Who waits for a start, longest first. */
  waiting: readonly string[];
  limit: number;
}

export interface Admission {
  start: string[];
  park: string[];
}

/** Who may start now, and who is parked to make room: the longest idle first, one for each that waits. */
export function planAdmission({ live, waiting, limit }: AdmissionFacts): Admission {
  const free = Math.max(0, limit - live.length);
  const start = waiting.slice(0, free);
  const leaving = live.filter((session) => session.leaving).length;
  const wish = Math.max(0, waiting.length - start.length - leaving);
  const over = Math.max(0, live.length - leaving - limit);
  const park = live
    .filter((session) => session.idleSinceMs !== null && !session.leaving)
    .toSorted((a, b) => (a.idleSinceMs ?? 0) - (b.idleSinceMs ?? 0))
    .slice(0, wish === 0 ? 0 : wish + over)
    .map(({ id }) => id);
  return { start, park };
}
