import type { SessionSummary } from "../src/lib/shapes.ts";

/** A session as the API lists it, of which a test says only what it is about. */
export function summary(facts: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id: "abcdefghij",
    name: null,
    task: "",
    badge: "idle",
    state: "open",
    agent: { name: "scripted", driver: "scripted" },
    provider: null,
    model: null,
    branch: null,
    repository: null,
    base: null,
    turn: null,
    turns: 0,
    lastLine: null,
    wall: null,
    waiting: [],
    labels: {},
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    alive: true,
    pid: 1,
    damaged: [],
    notes: [],
    collisions: [],
    ...facts,
  };
}
