import { existsSync } from "node:fs";
import { HarnessError } from "@harness/core";
import type { Supervisor } from "../context.ts";
import { dropTrack, leaveAlone, trackOf, type ScanParts } from "./scan.ts";
import { admit, takeStep } from "./steps.ts";
import { storageLost, type Storage } from "./storage.ts";
import { summaryOf, tellChange } from "./summaries.ts";
import { sweepLeftovers } from "./sweep.ts";
import { tearDown } from "./tear-down.ts";
import { lookAgain, type Track } from "./tracks.ts";

export interface SupervisorOptions {
  parts: ScanParts;
  storage: Storage;
  version: string;
}

/** What the verbs are given of the supervisor. */
export function createSupervisor({ parts, storage, version }: SupervisorOptions): Supervisor {
  const { clock, config, root, processes, serial, hints, tracks } = parts;
  const startedAt = new Date(clock.now()).toISOString();
  return {
    requireStorage: () => {
      const problem = storage.problem();
      if (problem !== null) throw storageLost(problem);
    },
    apply: async (id, prepare) => {
      // A new session is there only once it is prepared.
      const known = tracks.get(id);
      const track = await serial(id, async () => {
        if (known !== undefined) requireFree(known);
        await prepare?.();
        const found = trackOf(id, parts);
        requireThere(found);
        await takeStep(found, parts);
        return found;
      });
      leaveAlone(admit(parts), parts);
      await track.going;
      parts.tell(track);
    },
    end: async (id, how, prepare) => {
      const track = trackOf(id, parts);
      track.abort.abort();
      await serial(id, async () => {
        requireThere(track);
        await prepare?.();
        await processes.end(track, how);
        track.waitsSinceMs = null;
        sweepLeftovers(id, track.paths);
      });
      parts.tell(track);
    },
    hold: (id) => {
      const track = trackOf(id, parts);
      requireFree(track);
      track.phase = "held";
      return () => void (track.phase = "steady");
    },
    tearDown: (id) => tearDown(parts, id),
    look: (id) => {
      const known = tracks.get(id);
      const track = known ?? trackOf(id, parts);
      if (known !== undefined) lookAgain(known);
      // A look before the adoption knows only half.
      return track.adopted ? tellChange(track, parts) : summaryOf(track, parts);
    },
    forget: async (id) => {
      const track = tracks.get(id);
      if (track) dropTrack(track, parts);
      await parts.credentials.forget(id);
    },
    health: () => {
      const all = [...tracks.values()];
      const problem = storage.problem();
      return {
        status: problem === null ? "ok" : "storage lost",
        version,
        pid: process.pid,
        startedAt,
        root: root.path,
        sessions: all.length,
        alive: all.filter((track) => track.process !== null).length,
        queued: all.filter((track) => track.waitsSinceMs !== null).length,
        limit: config.limits.concurrent,
        problems: [problem, hints.problem()].filter((text) => text !== null),
      };
    },
  };
}

// Several may be asked for at once, and the first that takes the session away wins.
function requireThere({ id, paths }: Track): void {
  if (existsSync(paths.directory)) return;
  throw new HarnessError("session-not-found", `Session ${id} was removed or archived meanwhile.`);
}

function requireFree(track: Track): void {
  requireThere(track);
  if (track.phase !== "held") return;
  throw new HarnessError("session-busy", `Session ${track.id} is being removed or archived.`, {
    hint: "Wait until that is done, or has failed.",
  });
}
