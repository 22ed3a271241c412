import type { AgentProcess, ExitRecord, ProcessIdentity, Status, Wanted } from "@harness/core";
import { without } from "../without.ts";
import { MEMORY_MS, restartDelay } from "./restart-delay.ts";

export interface ExitFacts {
  /** Known when the process was a child of this dispatcher; an adopted one tells only by its status. */
  code: number | null;
  signal: string | null;
  adopted: boolean;
  /** What this dispatcher did to it, if anything. */
  ended: "stop" | "kill" | "hung" | null;
  /** The kernel killed something of it for want of memory. */
  oom: boolean;
  /** Its status file, if this very process wrote it. */
  status: Status | null;
  /** `reason` where the start failed, before it was ready. */
  startFailure: string | null;
}

const SAYS_DONE = new Set(["parked", "exited"]);

/** Why an agent process ended. What nobody saw is `unknown`, which is never success. */
export function classifyExit(facts: ExitFacts, at: string): ExitRecord {
  const { code, signal, status, ended } = facts;
  const record = (kind: ExitRecord["class"], cause: string): ExitRecord => ({ at, class: kind, code, signal, cause });
  if (facts.startFailure !== null) return record(ended === null ? "failed" : "killed-by-us", facts.startFailure);
  if (ended === "hung") return record("killed-by-us", "It gave no proof of life and was ended.");
  const tells = status === null ? null : status.state === "closed" ? "closed" : status.agent;
  const clean = code === 0 || (facts.adopted && tells !== null && (tells === "closed" || SAYS_DONE.has(tells)));
  if (clean) return record("done", doneCause(tells, ended));
  if (signal !== null && ended !== null) return record("killed-by-us", `It was ended with ${signal}.`);
  if (facts.oom) return record("oom", "The kernel ended it for want of memory.");
  if (signal !== null) return record("signaled", `Something else ended it with ${signal}.`);
  if (code !== null)
    return record(
      "failed",
      status?.agent === "failed" && status.reason ? status.reason : `It ended with exit code ${code}.`,
    );
  if (tells === "failed") return record("failed", status?.reason ?? "It failed.");
  if (ended !== null) return record("killed-by-us", "It was ended.");
  return record("unknown", "It vanished while nobody watched: how it ended is not known.");
}

function doneCause(tells: string | null, ended: ExitFacts["ended"]): string {
  if (tells === "closed") return "The session was closed.";
  if (tells === "parked") return "It was idle and parked.";
  return ended === null ? "It was asked to end by something else." : "It was stopped.";
}

export interface AfterExit {
  wanted: Wanted;
  exit: ExitRecord;
  status: Status | null;
  /** This dispatcher ended it on purpose: no failure, and no reason to start it again now. */
  deliberate: boolean;
  /** Nothing of its inbox is unhandled and no turn was running. */
  rests: boolean;
  /** This dispatcher asked it to end as soon as it is idle. */
  askedToPark: boolean;
  nowMs: number;
  random: number;
  firstMs: number;
}

/** What is wanted of a session once its agent process has ended. */
export function afterExit(facts: AfterExit): Wanted {
  const { wanted, exit, status, deliberate, rests, askedToPark, nowMs, random, firstMs } = facts;
  const next: Wanted = { ...without(wanted, "process", "backoffUntil"), lastExit: exit };
  if (status?.state === "closed") return { ...without(next, "queued"), wanted: "closed" };
  if (deliberate || (next.wanted !== "run" && next.wanted !== "parked")) return next;
  if (next.wanted === "parked" && rests) return next;
  // Trying again by itself would only fail again: the person mends what failed.
  const { setup } = status ?? {};
  if (exit.class === "failed" && status?.agent === "failed" && setup?.state === "failed") {
    const why = [setup.reason, setup.lines?.at(-1)].filter(Boolean).join(" ");
    return { ...next, wanted: "run", failed: `Its setup failed. ${why}`.trim() };
  }
  // It was resumed after it had been asked, and is started anew.
  if (exit.class === "done" && askedToPark && next.wanted === "run") return next;
  // Started by hand and ended by hand: the next message wakes it, nothing else does.
  const parked = status?.agent === "parked" || wanted.generation === 0 || next.wanted === "parked";
  if (exit.class === "done" && parked) return { ...next, wanted: "parked" };
  const young = wanted.restarts.filter((time) => nowMs - Date.parse(time) < MEMORY_MS);
  const restarts = [...young, exit.at].slice(-20);
  const verdict = restartDelay({ failures: restarts, nowMs, random, firstMs });
  if (!verdict.again) return { ...next, wanted: "run", restarts, failed: `${verdict.why} Last: ${exit.cause}` };
  return { ...next, wanted: "run", restarts, backoffUntil: new Date(nowMs + verdict.delayMs).toISOString() };
}

/** True when `status` was written by the process `identity`, so that it tells of its end and not of an earlier one. */
export function isStatusOf(status: Status | null, identity: AgentProcess | null): boolean {
  return status !== null && identity !== null && isSameIdentity(status.process, identity);
}

/** Two records of one process. */
export function isSameIdentity(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}
