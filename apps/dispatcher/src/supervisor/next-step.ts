import type { Wanted } from "@harness/core";

export interface StepFacts {
  wanted: Wanted;
  /** Its process, as far as there is one; `known` when it is the one that the record names. */
  process: { known: boolean; idle: boolean; quietScans: number } | null;
  /** Its process was started before its provider had a credential worker: it asks the provider past it. */
  isPastWorker: boolean;
  /** A message waits in its inbox, long enough to be acted upon. */
  hasMail: boolean;
  /** The delay after its last failure is over. */
  isDue: boolean;
  hungScans: number;
}

export type Step = "none" | "start" | "wake" | "park" | "stop" | "end-hung" | "accept";

/** What has to be done so that a session becomes what is wanted of it. */
export function nextStep({ wanted, process, isPastWorker, hasMail, isDue, hungScans }: StepFacts): Step {
  if (process !== null) {
    if (wanted.wanted === "closed") return "none";
    // Somebody started it by hand, a stopped one too: that person has resumed it.
    if (!process.known) return "accept";
    if (wanted.wanted === "stopped" || wanted.overDisk !== undefined) return "stop";
    if (process.quietScans >= hungScans) return "end-hung";
    return (wanted.wanted === "parked" || isPastWorker) && process.idle ? "park" : "none";
  }
  if (wanted.overDisk !== undefined) return "none";
  if (wanted.wanted === "parked") return hasMail ? "wake" : "none";
  if (wanted.wanted !== "run" || wanted.failed !== undefined) return "none";
  return isDue ? "start" : "none";
}
