import type { SessionView, Status, Wanted } from "@harness/core";
import { expect, test } from "vitest";
import { summarizeSession, type Observation } from "./summarize.ts";

const AT = "2026-06-01T00:00:00.000Z";
const wanted: Wanted = { v: 1, session: "s", wanted: "run", generation: 1, restarts: [], updatedAt: AT };
const status: Status = {
  v: 1,
  session: "s",
  state: "open",
  agent: "running",
  process: { pid: 4711, bootId: "b", startTime: "1", lockFd: 20 },
  turn: { id: "t", message: "m", attempt: 2, state: "running", startedAt: AT },
  turns: 3,
  waiting: [],
  lastLine: "last",
  startedAt: AT,
  updatedAt: AT,
};
const view: SessionView = {
  id: "s",
  spec: { v: 1, id: "s", task: "do it", agent: { driver: "command", name: "tool" }, createdAt: AT },
  status,
  alive: true,
  heartbeatAt: null,
  damaged: [],
};
const calm: Observation = { lost: false, keyInside: false, limit: 8, pid: 4711, rejected: new Map(), collisions: [] };
const summarize = (facts: { view?: SessionView; wanted?: Wanted | null; observation?: Partial<Observation> } = {}) =>
  summarizeSession({ view, wanted, nowMs: Date.parse(AT), ...facts, observation: { ...calm, ...facts.observation } });

test("a session at work", () => {
  expect(summarize()).toMatchObject({
    badge: "working",
    agent: { name: "tool", driver: "command" },
    turn: { state: "running", attempt: 2, startedAt: AT },
    turns: 3,
    lastLine: "last",
    alive: true,
    pid: 4711,
    notes: [],
  });
});

test("without its process it is not alive, whatever its status says", () => {
  expect(summarize({ observation: { pid: null } })).toMatchObject({
    alive: false,
    pid: null,
    badge: "lost",
    waiting: [],
  });
});

test("an old heartbeat is no matter of the clock: only own scans make it lost", () => {
  expect(summarize({ view: { ...view, heartbeatAt: 0 } })).toMatchObject({ badge: "working", notes: [] });
  expect(summarize({ observation: { lost: true } })).toMatchObject({
    badge: "lost",
    notes: ["It gives no proof of life."],
  });
});

test.each<[string, Partial<Wanted>, Partial<Observation>, string]>([
  ["waiting", { queued: true }, {}, "at most 8 agent processes"],
  ["given up", { failed: "It failed 6 times." }, {}, "harness resume"],
  ["after a failure", { backoffUntil: AT }, {}, `starts again at ${AT}`],
  ["a key inside", {}, { keyInside: true }, "key inside session"],
  ["refused files", {}, { rejected: new Map([["a.msg", "not-regular"]]) }, "a.msg (not-regular)."],
  ["what was told at creation", { notes: ["2 files left out"] }, {}, "2 files left out"],
])("%s is noted", (_name, changes, observation, note) => {
  expect(summarize({ wanted: { ...wanted, ...changes }, observation }).notes.join()).toContain(note);
});

test("whatever a session says of itself, the summary stays small", () => {
  const text = "x".repeat(1_000_000);
  const options = Array.from({ length: 1000 }, () => ({ id: text, label: text }));
  const waiting = Array.from({ length: 1000 }, (_, n) => ({ id: `q${n}`, kind: "question" as const, text, options }));
  const spec = { v: 1 as const, id: "s", task: text, agent: { driver: "command" } };
  const huge = { ...status, waiting, lastLine: text, degraded: Array.from({ length: 1000 }, () => text) };
  const damaged = [{ part: "x", problem: text }];
  const summary = summarize({ view: { ...view, spec, status: huge, damaged } });
  expect(JSON.stringify(summary).length).toBeLessThan(2_000_000);
  expect(summary.waiting).toHaveLength(20);
});

test("a damaged session is still there", () => {
  const damaged = [{ part: "session.json", problem: "is no JSON" }];
  const summary = summarize({
    view: { ...view, spec: null, status: null, damaged },
    wanted: null,
    observation: { pid: null },
  });
  expect(summary).toMatchObject({
    id: "s",
    agent: { name: "unknown" },
    damaged: ["session.json: is no JSON"],
    turns: 0,
  });
});
