import type { Supervisor } from "../context.ts";
import type { Collector } from "../router/collect.ts";
import { createSerial } from "../serial.ts";
import { openHints } from "./hints.ts";
import type { SupervisorParts } from "./parts.ts";
import { createProcesses } from "./processes.ts";
import { dropTrack, findSessions, inspect, settleStarts, trackOf, type ScanParts } from "./scan.ts";
import { admit, takeStep } from "./steps.ts";
import { createIdleShrink } from "./shrink-idle.ts";
import { storageLost, type Storage } from "./storage.ts";
import { tellChange } from "./summaries.ts";
import { sweepLeftovers } from "./sweep.ts";
import { lookAgain, type Track } from "./tracks.ts";

export interface SuperviseOptions extends Omit<SupervisorParts, "tell"> {
  storage: Storage;
  collector: Collector;
  version: string;
}

export interface Supervision {
  readonly supervisor: Supervisor;
  /** Contract: resolves when every session that is there is known and every process that lives is adopted. */
  start(): Promise<void>;
  /** Contract: ends the watch. The agent processes live on. */
  close(): Promise<void>;
}

const CLOSE_WAIT_MS = 5000;

/** Watches over every session of the state root, from `start` on. */
export async function createSupervision(options: SuperviseOptions): Promise<Supervision> {
  const { clock, config, log, root, storage, timing } = options;
  const startedAt = new Date(clock.now()).toISOString();
  const closing = new AbortController();
  const tracks = new Map<string, Track>();
  const working = new Set<Promise<unknown>>();
  const inOrder = createSerial();
  const serial: typeof inOrder = (key, work) => {
    const done = inOrder(key, work);
    const noted = done.then(forget, forget);
    function forget() {
      working.delete(noted);
    }
    working.add(noted);
    return done;
  };
  const shared = { ...options, tracks, serial, tell: (track: Track) => void tellChange(track, options) };
  const hints = await openHints(log, (id) => hint(id));
  const processes = createProcesses(shared, (track) => tend(track));
  const parts: ScanParts = { ...shared, hints, processes };
  const shrinkWhenIdle = createIdleShrink();
  let lost = storage.problem();

  const tend = (track: Track) => {
    if (isStopped() || tracks.get(track.id) !== track) return;
    serial(track.id, () => takeStep(track, parts))
      .then(() => settleStarts(admit(parts), parts))
      .catch((error: unknown) => log.error("a session could not be tended", { session: track.id, error }));
  };
  const hint = (id: string) => {
    const track = tracks.get(id);
    if (track === undefined || isStopped()) return;
    guarded(track, () => inspect(track, parts));
  };
  const isStopped = () => closing.signal.aborted || lost !== null;

  function guarded(track: Track, look: () => void): void {
    try {
      look();
    } catch (error) {
      log.warn("a session could not be looked at", { session: track.id, error });
    }
  }
  function scan(): void {
    const problem = storage.problem();
    if (problem !== lost) log.warn(problem === null ? "the state root is back" : "storage lost", { problem });
    lost = problem;
    if (isStopped()) return;
    try {
      findSessions(parts);
    } catch (error) {
      log.warn("the sessions could not be listed", { error });
      return;
    }
    for (const track of tracks.values()) guarded(track, () => inspect(track, parts));
    settleStarts(admit(parts), parts);
    shrinkWhenIdle(options.feed.lastId());
  }
  async function watch(): Promise<void> {
    while (!closing.signal.aborted) {
      scan();
      await clock.sleep(timing.scanMs, closing.signal);
    }
  }

  let watching: Promise<void> | null = null;
  async function start(): Promise<void> {
    findSessions(parts);
    const adoptions = [...tracks.values()].map((track) =>
      serial(track.id, () => takeStep(track, parts)).catch(() => tend(track)),
    );
    await Promise.all(adoptions);
    watching = watch();
  }

  const supervisor: Supervisor = {
    requireStorage: () => {
      const problem = storage.problem();
      if (problem !== null) throw storageLost(problem);
    },
    apply: async (id) => {
      const track = trackOf(id, parts);
      await serial(id, () => takeStep(track, parts));
      const starts = admit(parts);
      const own = starts.get(id);
      starts.delete(id);
      settleStarts(starts, parts);
      await own;
      parts.tell(track);
    },
    end: async (id, how) => {
      const track = trackOf(id, parts);
      track.abort.abort();
      await serial(id, async () => {
        await processes.end(track, how);
        track.waitsSinceMs = null;
        sweepLeftovers(id, track.paths);
      });
      parts.tell(track);
    },
    look: (id) => {
      const track = trackOf(id, parts);
      lookAgain(track);
      return tellChange(track, options);
    },
    forget: (id) => {
      const track = tracks.get(id);
      if (track) dropTrack(track, parts);
    },
    health: () => {
      const all = [...tracks.values()];
      const problems = [storage.problem(), hints.problem()].filter((problem) => problem !== null);
      return {
        status: storage.problem() === null ? "ok" : "storage lost",
        version: options.version,
        pid: process.pid,
        startedAt,
        root: root.path,
        sessions: all.length,
        alive: all.filter((track) => track.process !== null).length,
        queued: all.filter((track) => track.waitsSinceMs !== null).length,
        limit: config.limits.concurrent,
        problems,
      };
    },
  };
  return {
    supervisor,
    start,
    close: async () => {
      closing.abort();
      await watching;
      await hints.close();
      const done = new AbortController();
      await Promise.race([Promise.all(working), clock.sleep(CLOSE_WAIT_MS, done.signal)]);
      // The timer would keep the process for as long.
      done.abort();
    },
  };
}
