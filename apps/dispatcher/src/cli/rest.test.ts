import type { SessionView, Status, Wanted } from "@harness/core";
import { expect, test } from "vitest";
import { summarizeSession } from "../sessions/summarize.ts";
import { restOf, type RestFacts } from "./rest.ts";

const AT = "2026-11-23T10:00:00.000Z";
const PROCESS = { pid: 7, bootId: "b", startTime: "1", lockFd: 3 };

function status(change: Partial<Status>): Status {
  const turn = {
    id: "t",
    message: "m",
    attempt: 1,
    state: "ended" as const,
    startedAt: AT,
    stopReason: "end_turn" as const,
  };
  const rest = { turn, turns: 1, waiting: [], startedAt: AT, updatedAt: AT };
  return { v: 1, session: "k3x", state: "open", agent: "running", process: PROCESS, ...rest, ...change };
}

interface Given {
  status?: Status | null;
  alive?: boolean;
  wanted?: Partial<Wanted>;
  hasWork?: boolean;
  dispatcherRuns?: boolean;
}

function facts({ status: given, alive = true, wanted, hasWork = false, dispatcherRuns = true }: Given): RestFacts {
  const view: SessionView = {
    id: "k3x",
    spec: { v: 1, id: "k3x", task: "x", agent: { driver: "scripted" } },
    status: given === undefined ? status({}) : given,
    alive,
    heartbeatAt: 0,
    damaged: [],
  };
  const record: Wanted = { v: 1, session: "k3x", wanted: "run", generation: 1, restarts: [], updatedAt: AT, ...wanted };
  const observation = {
    lost: false,
    keyInside: false,
    limit: 8,
    pid: alive ? 7 : null,
    rejected: new Map<string, string>(),
    collisions: [],
  };
  const summary = summarizeSession({ view, wanted: record, observation, nowMs: 0 });
  return { view, wanted: record, summary, hasWork, dispatcherRuns };
}

const turn = (state: "running" | "ended", stopReason?: "failed" | "cancelled") => ({
  turn: { id: "t", message: "m", attempt: 1, state, startedAt: AT, ...(stopReason ? { stopReason } : {}) },
});

test.each<[string, Given]>([
  ["a turn runs", { status: status(turn("running")) }],
  ["a message waits", { hasWork: true }],
  ["it has not started yet", { status: null, alive: false }],
  [
    "it is parked with mail, and a dispatcher will wake it",
    { alive: false, hasWork: true, wanted: { wanted: "parked" } },
  ],
  ["it was lost in a turn, and a dispatcher will start it again", { status: status(turn("running")), alive: false }],
])("it is at work while %s", (_, given) => {
  expect(restOf(facts(given))).toBeNull();
});

test.each<[string, Given, boolean, string]>([
  ["its turn ended", {}, true, "end_turn"],
  ["it is parked with nothing to do", { alive: false, wanted: { wanted: "parked" } }, true, "end_turn"],
  ["it is closed", { status: status({ state: "closed" }), alive: false }, true, "closed"],
  ["its turn failed", { status: status(turn("ended", "failed")) }, false, "failed"],
  ["its turn was cancelled", { status: status(turn("ended", "cancelled")) }, false, "cancelled"],
  ["it asks", { status: status({ waiting: [{ id: "q", kind: "question", text: "Why?" }] }) }, false, "asks: Why?"],
  ["it was given up", { alive: false, wanted: { failed: "It failed five times." } }, false, "It failed five times."],
  [
    "it was stopped in its turn",
    { status: status(turn("running")), alive: false, wanted: { wanted: "stopped" } },
    false,
    "stopped with work left",
  ],
  [
    "nobody would start it",
    { alive: false, hasWork: true, dispatcherRuns: false },
    false,
    "has work left, no process, and no dispatcher that would start one",
  ],
])("it rests when %s", (...row) => {
  const [, given, ok, reason] = row;
  expect(restOf(facts(given))).toMatchObject({ id: "k3x", ok, reason });
});
