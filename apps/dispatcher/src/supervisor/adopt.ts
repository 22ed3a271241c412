import type { AgentProcess, Status, Wanted } from "@harness/core";
import { without } from "../without.ts";
import { isSameIdentity } from "./exits.ts";

export interface AdoptFacts {
  /** Null when nothing is remembered of this session. */
  remembered: Wanted | null;
  fresh: Wanted;
  status: Status | null;
  /** The living process, if there is one. */
  process: AgentProcess | null;
  /** Something of its inbox is not handled yet. */
  hasWork: boolean;
}

export interface Adoption {
  wanted: Wanted;
  /** The process that ended while no dispatcher watched: its end is still to be recorded. */
  ended: AgentProcess | null;
}

/** What is wanted of a session that this dispatcher did not see before. What lives is left alone. */
export function adoptSession({ remembered, fresh, status, process, hasWork }: AdoptFacts): Adoption {
  if (remembered === null) {
    const wanted = status?.state === "closed" ? "closed" : process === null ? "parked" : "run";
    return { wanted: { ...fresh, wanted, ...(process === null ? {} : { process }) }, ended: null };
  }
  if (process !== null) {
    // One that this dispatcher's predecessors did not start, or saw end, is the next step's to accept.
    if (!isKnown(remembered, process)) return { wanted: remembered, ended: null };
    return { wanted: { ...without(remembered, "queued", "backoffUntil"), process }, ended: null };
  }
  if (status?.state === "closed")
    return { wanted: { ...without(remembered, "queued", "backoffUntil"), wanted: "closed" }, ended: null };
  const last = remembered.process ?? processOfIntent(remembered, status);
  // After a restart of the machine nothing is started that has nothing to do.
  const rests = status !== null && status.turn?.state !== "running" && !hasWork;
  const isUp = remembered.wanted === "run" && remembered.failed === undefined;
  return { wanted: isUp && last !== null && rests ? { ...remembered, wanted: "parked" } : remembered, ended: last };
}

function isKnown(remembered: Wanted, process: AgentProcess): boolean {
  if (remembered.process !== undefined) return isSameIdentity(remembered.process, process);
  return process.nonce !== undefined && process.nonce === remembered.nonce;
}

// A dispatcher that died between start and record left only the nonce of its intent.
function processOfIntent({ nonce }: Wanted, status: Status | null): AgentProcess | null {
  return nonce !== undefined && status?.process.nonce === nonce ? status.process : null;
}
