import type { Status } from "../schema/status.ts";
import type { Wanted } from "../schema/wanted.ts";
import type { SessionView } from "./read-session.ts";

/** The one word that a person sees. */
export type Badge = "working" | "needs you" | "idle" | "parked" | "rate limited" | "lost" | "failed" | "done";

export interface BadgeFacts {
  view: SessionView;
  /** What the dispatcher wants; null for a session without one. */
  wanted: Wanted | null;
  nowMs: number;
}

/** Facts to one word, pure. The first rule that fits decides; a fact of now comes before a record of the past. */
export function badge({ view, wanted, nowMs }: BadgeFacts): Badge {
  const { status, alive } = view;
  if (status?.state === "closed" || wanted?.wanted === "closed") return "done";
  // Only a person can make room.
  if (wanted?.overDisk !== undefined && wanted.wanted !== "stopped") return "needs you";
  if (alive && status !== null) return badgeOfLiving(status, nowMs);
  if (wanted?.failed !== undefined || status?.agent === "failed") return "failed";
  if (status === null) return view.damaged.length > 0 ? "failed" : "idle";
  if (isLimited(status, nowMs)) return "rate limited";
  // It ended without saying that it would.
  if (["starting", "running", "stopping"].includes(status.agent) && wanted?.wanted !== "stopped") return "lost";
  return hasFailed(status) ? "failed" : "parked";
}

function badgeOfLiving(status: Status, nowMs: number): Badge {
  if (status.waiting.length > 0) return "needs you";
  if (isLimited(status, nowMs)) return "rate limited";
  if (status.turn?.state === "running" || status.setup?.state === "running" || status.agent === "starting")
    return "working";
  if (waitsForPerson(status)) return "needs you";
  return hasFailed(status) ? "failed" : "idle";
}

/** It goes on as soon as a person gives it more, or logs in again. */
function waitsForPerson({ turn }: Status): boolean {
  return turn?.state === "ended" && ["budget-spent", "needs-login"].includes(turn.failure?.code ?? "");
}

/** The last turn did, and nothing has been asked since. */
function hasFailed({ turn }: Status): boolean {
  return turn?.state === "ended" && (turn.stopReason === "failed" || turn.stopReason === "timeout");
}

function isLimited(status: Status, nowMs: number): boolean {
  return status.rateLimitedUntil !== undefined && Date.parse(status.rateLimitedUntil) > nowMs;
}
