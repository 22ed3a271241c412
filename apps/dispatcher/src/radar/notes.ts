import { noteFor } from "./collisions.ts";
import type { Collision, CollisionNote } from "./schema.ts";

/** What is said of collisions beside each session. The radar writes it; whoever shows a session reads it. */
export interface CollisionNotes {
  of(session: string): CollisionNote[];
  /** Replaces what is known of one repository; returns the sessions of which something else is said now. */
  set(repository: string, collisions: readonly Collision[]): string[];
}

const SHOWN = 20;

export function createCollisionNotes(): CollisionNotes {
  const known = new Map<string, readonly Collision[]>();
  const of = (session: string) =>
    [...known.values()]
      .flatMap((collisions) => collisions.flatMap((one) => noteFor(session, one) ?? []))
      .slice(0, SHOWN);
  return {
    of,
    set: (repository, collisions) => {
      const concerned = [...(known.get(repository) ?? []), ...collisions];
      const sessions = [...new Set(concerned.flatMap(({ sides }) => sides.map(({ session }) => session)))];
      const before = sessions.map((session) => JSON.stringify(of(session)));
      if (collisions.length === 0) known.delete(repository);
      else known.set(repository, collisions);
      return sessions.filter((session, index) => JSON.stringify(of(session)) !== before[index]);
    },
  };
}
