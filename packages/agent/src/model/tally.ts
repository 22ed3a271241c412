import { isUnanswered, type CallBegin, type CallEnd } from "./call.ts";

/** What the model calls of a turn came to so far. Times are of the monotonic clock. */
export interface CallTally {
  /** When each call began that is under way: as which line, and at what time. */
  readonly open: ReadonlyMap<number, { readonly line: number; readonly atMs: number }>;
  readonly lines: number;
  /** The line with which the last call ended that went well. */
  readonly goodLine: number;
  /** The failures that no good call has made up for. */
  readonly failing: Failing | null;
}

export interface Failing {
  readonly last: CallEnd;
  readonly lastAtMs: number;
  readonly firstAtMs: number;
  readonly count: number;
}

export const NO_CALLS: CallTally = { open: new Map(), lines: 0, goodLine: 0, failing: null };

/** Tally and line → tally. Pure. */
export function addCall(tally: CallTally, line: CallBegin | CallEnd, nowMs: number): CallTally {
  const open = new Map(tally.open);
  const lines = tally.lines + 1;
  const next = { ...tally, open, lines };
  if (line.type === "begin") {
    open.set(line.call, { line: lines, atMs: nowMs });
    return next;
  }
  const beganAsLine = open.get(line.call)?.line ?? lines;
  open.delete(line.call);
  if (line.outcome === "ok") return { ...next, goodLine: lines, failing: null };
  if (line.outcome === "aborted" && !isUnanswered(line)) return next;
  // Coding agents ask for titles and summaries on the side: what fails while another call goes well stops nobody.
  if (tally.goodLine > beganAsLine) return next;
  const { failing } = tally;
  const firstAtMs = failing?.firstAtMs ?? nowMs;
  return { ...next, failing: { last: line, lastAtMs: nowMs, firstAtMs, count: (failing?.count ?? 0) + 1 } };
}

/** The calls of the turn do nothing but fail, and have for this long; null while one may still go well. Pure. */
export function failingForMs({ failing, open }: CallTally): number | null {
  return failing === null || open.size > 0 ? null : failing.lastAtMs - failing.firstAtMs;
}
