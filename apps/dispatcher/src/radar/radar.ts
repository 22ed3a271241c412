import type { Context } from "../context.ts";
import { listSessions } from "../sessions/list.ts";
import { findRepository } from "../worktrees/find-repository.ts";
import { hubPath } from "../worktrees/paths.ts";
import { createRoster } from "./roster.ts";
import type { Sighting, Told } from "./schema.ts";
import { createSightings } from "./sightings.ts";
import { watchRepositories, type WatchTiming } from "./watch.ts";

export interface Radar {
  /** Contract: looks at every repository with open sessions, or at the one of `repository`. Throws `storage-lost`, `repository-not-found`. */
  look(options: { repository?: string | undefined; uncommitted?: boolean | undefined }): Promise<Sighting[]>;
  /** Contract: the same, and each session in a collision gets one message about it, unless it had one. */
  tell(options: { repository?: string | undefined }): Promise<Told[]>;
  /** Contract: looks by itself from here on, whenever a branch may have moved. */
  start(): void;
  close(): Promise<void>;
}

/** Sees which open sessions of a repository will not merge with each other or with their target. Blocks nobody. */
export function createRadar(context: Context, timing?: Partial<WatchTiming>): Radar {
  const roster = createRoster(context);
  const sightings = createSightings(context, roster);
  const watch = watchRepositories(context, { roster, sightings, timing });

  async function choose(repository: string | undefined): Promise<{ hub: string; root: string }[]> {
    for (const session of listSessions(context)) roster.note(session);
    await roster.settle();
    if (repository === undefined) return roster.hubs().map((hub) => ({ hub, root: "" }));
    const place = await findRepository(context, repository);
    return [{ hub: hubPath(context.root, place), root: place.root }];
  }
  return {
    look: async ({ repository, uncommitted = false }) => {
      const places = await choose(repository);
      return Promise.all(
        places.map(async ({ hub, root }) => {
          const sighting = await sightings.look(hub, { uncommitted, retry: true });
          // Where no session works nothing says what the repository is called.
          return sighting.repository === "" ? { ...sighting, repository: root } : sighting;
        }),
      );
    },
    tell: async ({ repository }) => {
      const places = await choose(repository);
      const told = await Promise.all(
        places.map(async ({ hub }) => {
          await sightings.look(hub, { uncommitted: false, retry: true });
          return sightings.tell(hub);
        }),
      );
      return told.flat();
    },
    start: watch.start,
    close: watch.close,
  };
}
