import type { Wanted } from "@harness/core";

export interface StepFacts {
  wanted: Wanted;
  /** Its process, as far as there is one; `ours` when it is the one this dispatcher last meant to start. */
  process: { ours: boolean; idle: boolean; quietScans: number } | null;
  /** A message waits in its inbox, long enough to be acted upon. */
  hasMail: boolean;
  /** The delay after its last failure is over. */
  isDue: boolean;
  hungScans: number;
}

export type Step = "none" | "start" | "wake" | "park" | "stop" | "end-hung" | "accept";

/** What has to be done so that a session becomes what is wanted of it. */
export function nextStep({ wanted, process, hasMail, isDue, hungScans }: StepFacts): Step {
  if (process !== null) {
    // Somebody started a stopped session by hand: that person has resumed it.
    if (wanted.wanted === "stopped") return process.ours ? "stop" : "accept";
    if (process.quietScans >= hungScans) return "end-hung";
    return wanted.wanted === "parked" && process.idle ? "park" : "none";
  }
  if (wanted.wanted === "parked") return hasMail ? "wake" : "none";
  if (wanted.wanted !== "run" || wanted.failed !== undefined) return "none";
  return isDue ? "start" : "none";
}
