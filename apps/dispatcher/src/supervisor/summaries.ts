import { isKeyInside } from "../sessions/provider-key.ts";
import type { SessionSummary } from "../sessions/schema.ts";
import { summarizeSession } from "../sessions/summarize.ts";
import type { SupervisorParts } from "./parts.ts";
import { hasEnded, type Track } from "./tracks.ts";

type Parts = Pick<SupervisorParts, "clock" | "collisions" | "config" | "feed" | "timing" | "wanted">;

export function isLost({ process, quietScans }: Track, { timing }: Pick<Parts, "timing">): boolean {
  return process !== null && quietScans >= timing.lostScans;
}

export function summaryOf(track: Track, parts: Parts): SessionSummary {
  const { clock, config, wanted: records } = parts;
  const wanted = records.get(track.id);
  return summarizeSession({
    view: track.view,
    wanted,
    nowMs: clock.now(),
    observation: {
      lost: isLost(track, parts),
      keyInside: isKeyInside(wanted),
      limit: config.limits.concurrent,
      pid: track.process === null || hasEnded(track) ? null : track.process.pid,
      rejected: track.rejected,
      collisions: parts.collisions.of(track.id),
    },
  });
}

/** Tells the feed of a session when what is shown of it has changed. */
export function tellChange(track: Track, parts: Parts): SessionSummary {
  const session = summaryOf(track, parts);
  const text = JSON.stringify(session);
  if (text !== track.told) parts.feed.publish({ type: "session.changed", session });
  track.told = text;
  return session;
}
