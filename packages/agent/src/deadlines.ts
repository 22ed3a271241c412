import type { Clock, TurnFailure } from "@harness/core";
import { describeMs } from "./describe-ms.ts";
import type { AbortCause, TurnLimits } from "./limits.ts";
import { describeCalls } from "./model/judge-call.ts";
import { failingForMs, type CallTally } from "./model/tally.ts";

/** What is known of a running turn. Times are of the monotonic clock. */
export interface TurnProgress {
  readonly startedAtMs: number;
  readonly heard: { readonly atMs: number; readonly what: string };
  /** Tool calls that have not returned, and since when. */
  readonly tools: ReadonlyMap<string, { readonly tool: string; readonly atMs: number }>;
  /** When the last question closed; null while one is open. */
  readonly quietSinceMs: number | null;
  readonly calls: CallTally;
}

/** What a deadline does to a turn. `retries` takes its failure from the calls. */
export interface Overdue {
  readonly cause: Extract<AbortCause, "time" | "retries">;
  readonly failure?: TurnFailure;
}

interface Due {
  readonly atMs: number;
  readonly code: string;
  readonly text: string;
}

/** What ends the turn now, or when to look again (null: only when something happens). Pure. */
export function findOverdue(
  progress: TurnProgress,
  limits: TurnLimits,
  nowMs: number,
): { overdue: Overdue } | { lookInMs: number | null } {
  const failingMs = failingForMs(progress.calls);
  if (limits.retryMs !== null && failingMs !== null && failingMs >= limits.retryMs)
    return { overdue: { cause: "retries" } };
  const dues = [...turnDue(progress, limits), ...toolDues(progress, limits), ...silenceDue(progress, limits, nowMs)];
  const first = dues.toSorted((one, other) => one.atMs - other.atMs)[0];
  if (first && first.atMs <= nowMs) {
    const { code, text } = first;
    return { overdue: { cause: "time", failure: { code, text } } };
  }
  // What begins while nobody looks is due no sooner than the shortest limit after.
  const waits = [limits.turnMs, limits.toolMs, limits.silenceMs, first && first.atMs - nowMs];
  const known = waits.filter((wait) => typeof wait === "number");
  return { lookInMs: known.length === 0 ? null : Math.min(...known) };
}

function turnDue({ startedAtMs }: TurnProgress, { turnMs }: TurnLimits): Due[] {
  if (turnMs === null) return [];
  return [
    { atMs: startedAtMs + turnMs, code: "turn-overdue", text: `The turn took longer than ${describeMs(turnMs)}.` },
  ];
}

function toolDues({ tools, quietSinceMs }: TurnProgress, { toolMs }: TurnLimits): Due[] {
  // A call that waits for a person's consent waits as long as the person has.
  if (toolMs === null || quietSinceMs === null) return [];
  return [...tools.values()].map(({ tool, atMs }) => ({
    atMs: Math.max(atMs, quietSinceMs) + toolMs,
    code: "tool-overdue",
    text: `A call of the tool ${tool} did not return within ${describeMs(toolMs)}.`,
  }));
}

function silenceDue({ heard, tools, quietSinceMs, calls }: TurnProgress, limits: TurnLimits, nowMs: number): Due[] {
  const { silenceMs } = limits;
  if (silenceMs === null || tools.size > 0 || quietSinceMs === null) return [];
  const answered = quietSinceMs > heard.atMs;
  const sinceMs = answered ? quietSinceMs : heard.atMs;
  const last = answered ? "its question was answered" : heard.what;
  const text = `The coding agent has said nothing for ${describeMs(silenceMs)}. Last heard: ${last}.${describeModel(calls, nowMs)}`;
  return [{ atMs: sinceMs + silenceMs, code: "agent-silent", text }];
}

function describeModel({ failing, open }: CallTally, nowMs: number): string {
  if (failing) {
    const { last, count } = failing;
    return ` ${describeCalls(last, count)}${last.text === undefined ? "." : `: ${last.text}`}`;
  }
  const oldest = Math.min(...[...open.values()].map(({ atMs }) => atMs));
  return open.size > 0 ? ` The model endpoint has been answering a call for ${describeMs(nowMs - oldest)}.` : "";
}

export interface DeadlineWatch {
  /** Something happened that may be too much: model calls that fail. */
  look(): void;
  stop(): void;
}

/** Looks at a turn whenever something may be due, and calls `onOverdue` once. */
export function watchDeadlines(options: {
  readonly clock: Clock;
  readonly limits: TurnLimits;
  progress(): TurnProgress;
  onOverdue(overdue: Overdue): void;
}): DeadlineWatch {
  const { clock, limits, progress, onOverdue } = options;
  const over = new AbortController();

  function look(): number | null {
    if (over.signal.aborted) return null;
    const found = findOverdue(progress(), limits, clock.monotonic());
    if ("lookInMs" in found) return found.lookInMs;
    over.abort();
    onOverdue(found.overdue);
    return null;
  }
  async function keepLooking(): Promise<void> {
    for (let waitMs = look(); waitMs !== null; waitMs = look()) await clock.sleep(waitMs, over.signal);
  }
  void keepLooking();
  return { look: () => void look(), stop: () => over.abort() };
}
