import {
  timestamp,
  type AgentProcess,
  type Clock,
  type HeldLimits,
  type OpenQuestion,
  type SetupState,
  type Status,
  type StopReason,
  type TurnFailure,
} from "@harness/core";

import type { Network } from "./wall/wall.ts";

const LINE_LIMIT = 200;

export type StatusChange =
  | { type: "agent.changed"; agent: Status["agent"]; reason?: string }
  | { type: "session.closed" }
  | { type: "turn.started"; turn: string; message: string; attempt: number }
  | { type: "turn.ended"; turn: string; stopReason: StopReason; failure?: TurnFailure | undefined }
  | { type: "question.opened"; question: OpenQuestion }
  | { type: "question.closed"; id: string }
  | { type: "task.changed"; task: "setup" | "teardown"; state: SetupState }
  | { type: "line.written"; text: string }
  | { type: "tree.found"; tree: "namespace" | "sweep"; limits?: HeldLimits | undefined }
  | { type: "wall.found"; sandbox: NonNullable<Status["sandbox"]>; network: Network }
  | { type: "limit.changed"; until: string | undefined }
  | { type: "wake.changed"; wake: "events" | "scan" };

/** The status with which an agent process begins. What the session has done before stays. */
export function startStatus(input: {
  session: string;
  previous: Status | null;
  process: AgentProcess;
  degraded: string[];
  at: string;
}): Status {
  const { previous, at } = input;
  const { reason: _reason, degraded: _degraded, rateLimitedUntil, ...kept } = previous ?? {};
  const limited = rateLimitedUntil !== undefined && Date.parse(rateLimitedUntil) > Date.parse(at);
  return {
    ...kept,
    v: 1,
    session: input.session,
    state: previous?.state ?? "open",
    agent: "running",
    process: input.process,
    turn: previous?.turn ?? null,
    turns: previous?.turns ?? 0,
    waiting: [],
    ...(limited ? { rateLimitedUntil } : {}),
    ...(input.degraded.length > 0 ? { degraded: input.degraded } : {}),
    startedAt: at,
    updatedAt: at,
  };
}

/** Status and change → status. Pure. */
export function applyChange(status: Status, change: StatusChange, at: string): Status {
  const next = { ...status, updatedAt: at };
  switch (change.type) {
    case "agent.changed":
      return { ...next, agent: change.agent, reason: change.reason };
    case "session.closed":
      return { ...next, state: "closed" };
    case "turn.started": {
      const { turn: id, message, attempt } = change;
      return { ...next, turn: { id, message, attempt, state: "running", startedAt: at }, lastLine: undefined };
    }
    case "turn.ended":
      return endTurn(next, change);
    case "question.opened":
      return { ...next, waiting: [...without(status.waiting, change.question.id), change.question] };
    case "question.closed":
      return { ...next, waiting: without(status.waiting, change.id) };
    case "task.changed":
      return { ...next, [change.task]: change.state };
    case "line.written":
      return { ...next, lastLine: lastLine(change.text) ?? status.lastLine };
    case "tree.found":
      return { ...next, tree: change.tree, limits: change.limits };
    case "wall.found":
      return { ...next, sandbox: change.sandbox, network: change.network };
    case "limit.changed":
      return { ...next, rateLimitedUntil: change.until };
    case "wake.changed":
      return { ...next, wake: change.wake };
  }
}

// A turn that was interrupted goes on later; it counts when it ends, and once.
function endTurn(next: Status, change: Extract<StatusChange, { type: "turn.ended" }>): Status {
  const { turn: id, stopReason, failure } = change;
  const { turn, updatedAt } = next;
  if (turn === null || turn.id !== id || turn.state === "ended") return next;
  const counted = stopReason === "interrupted" ? 0 : 1;
  return {
    ...next,
    turn: { ...turn, state: "ended", endedAt: updatedAt, stopReason, ...(failure === undefined ? {} : { failure }) },
    turns: next.turns + counted,
    waiting: [],
  };
}

function without(waiting: OpenQuestion[], id: string): OpenQuestion[] {
  return waiting.filter((question) => question.id !== id);
}

/** The last line with anything in it, without control characters, cut; undefined when there is none. */
export function lastLine(text: string): string | undefined {
  const lines = text.slice(-4096).split(/[\r\n]+/);
  for (const line of lines.toReversed()) {
    // eslint-disable-next-line no-control-regex
    const plain = line.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u001f\u007f-\u009f]/g, "").trim();
    if (plain !== "") return plain.slice(0, LINE_LIMIT).toWellFormed();
  }
  return undefined;
}

export interface StatusWriter {
  current(): Status;
  /** Changes it at once in memory, soon on disk. */
  apply(change: StatusChange): void;
  /** Resolves when the disk has what `current` said when it was called. Rejects with the last failure to write. */
  flush(): Promise<void>;
}

export interface StatusWriterOptions {
  readonly initial: Status;
  readonly clock: Clock;
  /** Writes durably. Is never called again before it has settled. */
  write(status: Status): Promise<void>;
  /** How long lines are collected before they are written. */
  readonly lineMs?: number;
}

/** The one writer of status.json. Changes that come while it writes go into one next write. */
export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { clock, write, lineMs = 500 } = options;
  let status = options.initial;
  let written: Status | null = null;
  let wanted = status;
  let writing: Promise<void> | null = null;
  let lineTimer: NodeJS.Timeout | null = null;
  let soon: NodeJS.Immediate | null = null;

  async function writeAll(): Promise<void> {
    try {
      // Not until nothing changes any more: a coding agent can tell lines faster than a disk takes them.
      while (written !== wanted) {
        const latest = status;
        wanted = latest;
        await write(latest);
        written = latest;
      }
    } finally {
      writing = null;
    }
  }

  function flush(): Promise<void> {
    if (lineTimer) clearTimeout(lineTimer);
    lineTimer = null;
    soon = null;
    wanted = status;
    if (written === wanted) return Promise.resolve();
    writing ??= writeAll();
    return writing;
  }

  function apply(change: StatusChange): void {
    const next = applyChange(status, change, timestamp(clock));
    if (change.type !== "line.written") {
      status = next;
      // Not at once: what caused the change goes on first. Whoever depends on the write calls flush and gets the failure.
      soon ??= setImmediate(() => void flush().catch(() => {}));
      return;
    }
    if (next.lastLine === status.lastLine) return;
    status = next;
    lineTimer ??= setTimeout(() => void flush().catch(() => {}), lineMs);
  }

  return { current: () => status, apply, flush };
}
