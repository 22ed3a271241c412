import type { Supervisor } from "../context.ts";
import type { Collector } from "../router/collect.ts";
import { createSerial, type Serial } from "../serial.ts";
import { openHints } from "./hints.ts";
import type { SupervisorParts } from "./parts.ts";
import { createProcesses, type Processes } from "./processes.ts";
import { findSessions, inspect, leaveAlone, type ScanParts } from "./scan.ts";
import { createIdleShrink } from "./shrink-idle.ts";
import { admit, adopt, takeStep } from "./steps.ts";
import type { Storage } from "./storage.ts";
import { tellChange } from "./summaries.ts";
import { createSupervisor } from "./supervisor.ts";
import type { Track } from "./tracks.ts";

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
  const { clock, log, storage, timing } = options;
  const closing = new AbortController();
  const tracks = new Map<string, Track>();
  const { serial, settled } = createCountedSerial();
  const tell = (track: Track) => void tellChange(track, options);
  const hints = await openHints(log, hint);
  const { start, ...endings } = createProcesses({ ...options, tell }, tend);
  // Some wait in line for their start when the dispatcher ends: the next one starts them.
  const processes: Processes = {
    ...endings,
    start: async (track) => (closing.signal.aborted ? undefined : start(track)),
  };
  const parts: ScanParts = { ...options, tracks, serial, tell, tend, hints, processes };
  const shrinkWhenIdle = createIdleShrink();
  let lost = storage.problem();
  let watching: Promise<void> | null = null;

  function isStopped(): boolean {
    return closing.signal.aborted || lost !== null;
  }
  function tend(track: Track): void {
    if (isStopped() || track.tended || tracks.get(track.id) !== track) return;
    track.tended = true;
    serial(track.id, async () => {
      track.tended = false;
      if (!isStopped()) await takeStep(track, parts);
    })
      .then(() => {
        if (!isStopped()) leaveAlone(admit(parts), parts);
      })
      .catch((error: unknown) => log.error("a session could not be tended", { session: track.id, error }));
  }
  function hint(id: string): void {
    const track = tracks.get(id);
    if (track !== undefined && !isStopped()) look(track, "hint");
  }
  // What is odd about one session never hides the others.
  function look(track: Track, cause: "scan" | "hint"): void {
    try {
      inspect(track, parts, cause);
      track.complaint = "";
    } catch (error) {
      if (track.complaint !== String(error)) log.warn("a session could not be looked at", { session: track.id, error });
      track.complaint = String(error);
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
    for (const track of tracks.values()) look(track, "scan");
    leaveAlone(admit(parts), parts);
    shrinkWhenIdle(options.feed.lastId());
  }
  async function watch(): Promise<void> {
    while (!closing.signal.aborted) {
      scan();
      await clock.sleep(timing.scanMs, closing.signal);
    }
  }

  return {
    supervisor: createSupervisor({ parts, storage, version: options.version }),
    start: async () => {
      findSessions(parts);
      const take = (track: Track) => serial(track.id, () => adopt(track, parts)).catch(() => tend(track));
      await Promise.all([...tracks.values()].map(take));
      watching = watch();
    },
    close: async () => {
      closing.abort();
      await watching;
      await hints.close();
      const done = new AbortController();
      await Promise.race([settled(), clock.sleep(CLOSE_WAIT_MS, done.signal)]);
      // Its timer would hold the process for as long.
      done.abort();
    },
  };
}

// What is under way when the dispatcher ends is given the time to end well.
function createCountedSerial(): { serial: Serial; settled(): Promise<unknown> } {
  const inOrder = createSerial();
  const working = new Set<Promise<unknown>>();
  return {
    serial: (key, work) => {
      const done = inOrder(key, work);
      const noted: Promise<unknown> = done.catch(() => {}).finally(() => working.delete(noted));
      working.add(noted);
      return done;
    },
    settled: () => Promise.all(working),
  };
}
