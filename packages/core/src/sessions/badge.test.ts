import { expect, test } from "vitest";
import type { Status } from "../schema/status.ts";
import type { Wanted } from "../schema/wanted.ts";
import { badge } from "./badge.ts";
import type { SessionView } from "./read-session.ts";

const NOW = Date.UTC(2026, 0, 1);
const later = new Date(NOW + 60_000).toISOString();
const earlier = new Date(NOW - 60_000).toISOString();

const turn = { id: "t", message: "m", attempt: 1, state: "running" as const, startedAt: earlier };
const question = { id: "q", kind: "question" as const, text: "which?" };
const status = (part: Partial<Status> = {}): Status => ({
  v: 1,
  session: "s",
  state: "open",
  agent: "running",
  process: { pid: 1, bootId: "b", startTime: "1", lockFd: 3 },
  turn: null,
  turns: 0,
  waiting: [],
  startedAt: earlier,
  updatedAt: earlier,
  ...part,
});
const wanted = (part: Partial<Wanted> = {}): Wanted => ({
  v: 1,
  session: "s",
  wanted: "run",
  generation: 1,
  restarts: [],
  updatedAt: earlier,
  ...part,
});
const view = (part: Partial<SessionView>): SessionView => ({
  id: "s",
  spec: null,
  status: null,
  alive: false,
  heartbeatAt: null,
  damaged: [],
  ...part,
});
const living = (part: Partial<Status> = {}) => view({ status: status(part), alive: true });
const gone = (part: Partial<Status> = {}) => view({ status: status(part) });

test.each([
  ["idle", living(), null],
  ["idle", living({ turn: { ...turn, state: "ended" } }), wanted()],
  ["failed", living({ turn: { ...turn, state: "ended", stopReason: "failed" } }), wanted()],
  ["failed", gone({ agent: "parked", turn: { ...turn, state: "ended", stopReason: "timeout" } }), wanted()],
  ["idle", living({ turn: { ...turn, state: "ended", stopReason: "cancelled" } }), wanted()],
  ["working", living({ turn: { ...turn, stopReason: "failed" } }), wanted()],
  ["rate limited", living({ turn: { ...turn, state: "ended", stopReason: "failed" }, rateLimitedUntil: later }), null],
  ["parked", gone({ agent: "parked", turn: { ...turn, state: "ended", stopReason: "end_turn" } }), null],
  ["working", living({ turn }), null],
  ["working", living({ agent: "starting" }), null],
  ["needs you", living({ turn, waiting: [question] }), null],
  ["rate limited", living({ turn, rateLimitedUntil: later }), null],
  ["working", living({ turn, rateLimitedUntil: earlier }), null],
  ["idle", living(), wanted({ failed: "an earlier life" })],
  ["lost", gone(), null],
  ["lost", gone({ turn }), wanted()],
  ["lost", gone({ waiting: [question] }), null],
  ["lost", gone({ agent: "starting" }), wanted({ backoffUntil: later })],
  ["parked", gone({ agent: "parked" }), null],
  ["parked", gone({ agent: "parked" }), wanted({ wanted: "parked" })],
  ["parked", gone({ agent: "exited" }), null],
  ["parked", gone(), wanted({ wanted: "stopped" })],
  ["failed", gone({ agent: "failed" }), null],
  ["failed", gone(), wanted({ failed: "5 starts in a minute" })],
  ["failed", view({}), wanted({ failed: "it never started" })],
  ["failed", view({ damaged: [{ part: "status.json", problem: "is missing" }] }), null],
  ["idle", view({}), null],
  ["idle", view({}), wanted({ queued: true })],
  ["rate limited", gone({ agent: "parked", rateLimitedUntil: later }), null],
  ["done", gone({ state: "closed", agent: "exited" }), wanted({ wanted: "closed" })],
  ["done", gone({ state: "closed", agent: "failed" }), wanted({ failed: "x" })],
  ["done", view({}), wanted({ wanted: "closed" })],
  ["needs you", living({ turn }), wanted({ overDisk: { bytes: 2, limit: 1 } })],
  ["needs you", gone({ turn }), wanted({ wanted: "parked", overDisk: { bytes: 2, limit: 1 } })],
  ["parked", gone(), wanted({ wanted: "stopped", overDisk: { bytes: 2, limit: 1 } })],
  ["done", view({}), wanted({ wanted: "closed", overDisk: { bytes: 2, limit: 1 } })],
] as const)("%s (row %#)", (word, session, record) => {
  expect(badge({ view: session, wanted: record, nowMs: NOW })).toBe(word);
});
