import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { grantPath } from "./protocol.ts";

/** What all sessions of one job may spend together in each period. */
export interface JobShare {
  readonly name: string;
  readonly tokens: number;
  readonly every: JobPeriod;
}

/** Of UTC: a worker knows no time zone, and the one of the dispatcher may change. */
export type JobPeriod = "day" | "month";

/** grants/<key of the job>.json, written by the dispatcher: what a person has allowed beyond the share, for one period. */
export interface JobAllowance {
  readonly v: 1;
  readonly period: string;
  readonly tokens: number;
}

/** In the place of a session's id, which has no dot in it. A name may hold anything. */
export function jobKey({ name, every }: Pick<JobShare, "name" | "every">): string {
  return `job.${every}.${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
}

/** `2026-11-27`, or `2026-11`. Pure. */
export function periodOf(every: JobPeriod, now: Date): string {
  return now.toISOString().slice(0, every === "day" ? "2026-11-27".length : "2026-11".length);
}

/** What a person has allowed beyond the share for this period. */
export function readAllowance(directory: string, share: JobShare, now: Date): number {
  try {
    const found = JSON.parse(readFileSync(grantPath(directory, jobKey(share)), "utf8")) as JobAllowance;
    return found.v === 1 && found.period === periodOf(share.every, now) ? found.tokens : 0;
  } catch {
    // Nobody has allowed anything.
    return 0;
  }
}

/** Why the sessions of a job may not call any more; null while they may. Pure. */
export function whyShareSpent({ name, tokens, every }: JobShare, spent: number, allowed: number): string | null {
  const limit = tokens + allowed;
  if (spent < limit) return null;
  // It goes into a header.
  const plain = name.replaceAll(/[^ -~]/g, "?");
  const period = every === "day" ? "today" : "this month";
  return `The budget of the job ${plain} is spent: ${spent} of ${limit} tokens ${period}.`;
}
