import { statSync } from "node:fs";
import { listSessionIds } from "@harness/core";
import type { Collector } from "../router/collect.ts";
import type { Hints } from "./hints.ts";
import { idleSince } from "./scheduling.ts";
import { countMail, stepFor, type StepParts } from "./steps.ts";
import { isLost } from "./summaries.ts";
import { countBeat, hasEnded, newTrack, refreshTrack, type Track } from "./tracks.ts";

export interface ScanParts extends StepParts {
  tracks: Map<string, Track>;
  collector: Collector;
  hints: Hints;
}

const MINUTE_MS = 60_000;

/** Knows every session that is there, and forgets the ones that are not. A failed look forgets nobody. */
export function findSessions(parts: ScanParts): void {
  const ids = new Set(listSessionIds(parts.root));
  for (const id of ids) trackOf(id, parts);
  for (const track of parts.tracks.values()) {
    const { id, paths, phase } = track;
    if (ids.has(id) || phase !== "steady" || statSync(paths.directory, { throwIfNoEntry: false })) continue;
    parts.log.warn("the directory of a session is gone", { session: id });
    dropTrack(track, parts);
  }
}

export function trackOf(id: string, { tracks, root }: Pick<ScanParts, "tracks" | "root">): Track {
  const known = tracks.get(id);
  if (known) return known;
  const track = newTrack(id, root.session(id));
  tracks.set(id, track);
  return track;
}

export function dropTrack(track: Track, { tracks, hints, collector, feed }: ScanParts): void {
  if (tracks.get(track.id) !== track) return;
  tracks.delete(track.id);
  hints.forget(track);
  collector.forget(track.id);
  feed.publish({ type: "session.removed", session: track.id });
}

/**
 * One look at one session: cheap when nothing changed. Work that takes time goes on by itself. Only a scan counts what is
 * judged by scans: hints come as often as they like.
 */
export function inspect(track: Track, parts: ScanParts, cause: "scan" | "hint"): void {
  // Watched before it is read, so that no change falls in between.
  parts.hints.watch(track);
  const changed = refreshTrack(track);
  const wasLost = isLost(track, parts);
  if (cause === "scan") countBeat(track);
  countMail(track, parts, cause);
  parkWhenIdle(track, parts);
  const hasToAct = track.phase === "steady" && (!track.adopted || hasEnded(track) || stepFor(track, parts) !== "none");
  if (hasToAct) parts.tend(track);
  else if (track.phase === "steady") track.waitsSinceMs = null;
  const isTimed = track.view.status?.rateLimitedUntil !== undefined;
  if (changed || isTimed || track.told === "" || wasLost !== isLost(track, parts)) parts.tell(track);
  collect(track, parts);
}

/** What nobody waits for tells the log how it failed. */
export function leaveAlone(going: Map<string, Promise<void>>, { log }: Pick<ScanParts, "log">): void {
  for (const [id, work] of going) {
    work.catch((error: unknown) => log.warn("a session could not be started or parked", { session: id, error }));
  }
}

/** Reads what is new in the session's outbox, one portion a look, so that one session does not hold up the others. */
export function collect(track: Track, parts: ScanParts): void {
  if (track.collecting) return;
  track.collecting = true;
  const { size } = track.rejected;
  parts.collector
    .collect(track)
    .then(() => {
      if (track.rejected.size !== size) parts.tell(track);
    })
    .catch((error: unknown) => parts.log.warn("an outbox could not be read", { session: track.id, error }))
    .finally(() => (track.collecting = false));
}

function parkWhenIdle(track: Track, { clock, config, wanted: records, tend, log }: ScanParts): void {
  const { parkAfterMinutes } = config.limits;
  if (parkAfterMinutes === 0 || track.process === null || records.get(track.id)?.wanted !== "run") return;
  const since = idleSince(track, clock.now());
  if (since === null || clock.now() - since < parkAfterMinutes * MINUTE_MS) return;
  records
    .change(track.id, (wanted) => (wanted.wanted === "run" ? { ...wanted, wanted: "parked" } : wanted))
    .then(() => tend(track))
    .catch((error: unknown) => log.warn("an idle session could not be parked", { session: track.id, error }));
}
