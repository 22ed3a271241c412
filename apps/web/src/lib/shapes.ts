export type Badge = "working" | "needs you" | "idle" | "parked" | "rate limited" | "lost" | "failed" | "done";

export interface OpenQuestion {
  id: string;
  kind: "question" | "permission";
  text: string;
  options?: { id: string; label: string; kind?: string }[] | undefined;
  deadlineAt?: string | undefined;
}

export interface SessionSummary {
  id: string;
  name: string | null;
  task: string;
  badge: Badge;
  state: "open" | "closed";
  agent: { name: string; driver: string };
  branch: string | null;
  repository: string | null;
  base: string | null;
  turn: { state: "running" | "ended"; attempt: number; startedAt: string; stopReason?: string | undefined } | null;
  turns: number;
  lastLine: string | null;
  waiting: OpenQuestion[];
  labels: Record<string, string>;
  createdAt: string;
  updatedAt: string;
  alive: boolean;
  pid: number | null;
  damaged: string[];
  notes: string[];
}

export interface SessionDetail extends SessionSummary {
  directory: string;
  wanted: { wanted: string; failed?: string | undefined; queued?: boolean | undefined } | null;
  context: unknown;
  spec: { provider?: string | undefined; model?: string | undefined } | null;
  lastExit: { at: string; class: string; code: number | null; signal: string | null; cause: string } | null;
  keyInsideSession: boolean;
  paths: { worktree: string | null; inbox: string; outbox: string; log: string };
}

export interface SessionEvent {
  v: 1;
  seq: number;
  at: string;
  type: string;
  [field: string]: unknown;
}

export type ApiEvent =
  | { id: number; type: "session.changed"; session: SessionSummary }
  | { id: number; type: "session.removed"; session: string }
  | { id: number; type: "message.reported"; session: string; message: unknown };

export interface LogEvent {
  id: number;
  type: "log";
  session: string;
  event: SessionEvent;
}
