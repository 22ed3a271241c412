import type { Status } from "@harness/core";
import { planAdmission, type Admission, type LiveSession } from "./admission.ts";
import type { Track } from "./tracks.ts";

// A session that has just started is about to take its first prompt.
const SETTLING_MS = 30_000;

/** Since when a living session has nothing to do; null while it works, starts or ends. */
export function idleSince({ process, phase, view }: Track, nowMs: number): number | null {
  const { status } = view;
  if (process === null || phase !== "steady" || status === null) return null;
  if (status.setup?.state === "running") return null;
  if (status.turn === null) {
    const startedMs = Date.parse(status.startedAt);
    return nowMs - startedMs > SETTLING_MS ? startedMs : null;
  }
  return status.turn.state === "running" ? null : idleSinceTurn(status.turn, status);
}

function idleSinceTurn(turn: NonNullable<Status["turn"]>, status: Status): number {
  // A process that was started after its last turn rests since its start.
  return Math.max(Date.parse(turn.endedAt ?? turn.startedAt), Date.parse(status.startedAt));
}

export interface SchedulingFacts {
  tracks: Iterable<Track>;
  limit: number;
  nowMs: number;
  isLeaving(track: Track): boolean;
}

/** Who of those that wait may start now, and who is to be parked for them. */
export function planScheduling({ tracks, limit, nowMs, isLeaving }: SchedulingFacts): Admission {
  const all = [...tracks];
  const live = all
    .filter(({ process, phase }) => process !== null || phase === "starting")
    .map((track): LiveSession => ({ id: track.id, idleSinceMs: idleSince(track, nowMs), leaving: isLeaving(track) }));
  const waiting = all
    .filter(({ waitsSinceMs, process, phase }) => waitsSinceMs !== null && process === null && phase === "steady")
    .toSorted((a, b) => (a.waitsSinceMs ?? 0) - (b.waitsSinceMs ?? 0))
    .map(({ id }) => id);
  return planAdmission({ live, waiting, limit });
}
