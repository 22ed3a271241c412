import { expect, test } from "vitest";
import type { SessionSummary } from "../sessions/schema.ts";
import { sessionTable } from "./session-table.ts";
import type { Terminal } from "./terminal.ts";
import { textWidth } from "./text-width.ts";

const NOW = Date.parse("2026-11-23T12:00:00.000Z");

function summary(change: Partial<SessionSummary>): SessionSummary {
  return {
    id: "k3xabcdefg",
    name: null,
    task: "fix the login redirect",
    badge: "idle",
    state: "open",
    agent: { name: "mytool", driver: "command" },
    provider: null,
    model: null,
    branch: "hotfix/login",
    repository: "/shop",
    base: "main",
    turn: null,
    turns: 0,
    lastLine: null,
    wall: null,
    waiting: [],
    labels: {},
    createdAt: "2026-11-23T11:53:00.000Z",
    updatedAt: "2026-11-23T11:53:00.000Z",
    alive: true,
    pid: 1,
    damaged: [],
    notes: [],
    collisions: [],
    ...change,
  };
}

const terminal = (columns: number | undefined): Terminal => ({
  line: () => undefined,
  json: () => undefined,
  note: () => undefined,
  colour: (_, text) => text,
  columns,
});

test("a session is one line: what it is, how it is, what it said last", () => {
  const ended = { state: "ended", attempt: 1, startedAt: "2026-11-23T11:58:00.000Z", stopReason: "end_turn" } as const;
  const rows = sessionTable(
    [
      summary({}),
      summary({ name: "login", badge: "working", turn: { ...ended, state: "running" }, turns: 2, lastLine: "reading" }),
      summary({ turn: { ...ended, stopReason: "cancelled" }, turns: 3, lastLine: "stopped\nhere" }),
      summary({
        badge: "needs you",
        waiting: [{ id: "q", kind: "question", text: "Which one?" }],
        lastLine: "thinking",
      }),
    ],
    terminal(undefined),
    NOW,
  );
  expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
    ["ID", "NAME", "BADGE", "AGENT", "BRANCH", "TURN", "AGE", "LAST LINE"],
    ["k3xabcdefg", "-", "idle", "mytool", "hotfix/login", "-", "7m", "fix the login redirect"],
    ["k3xabcdefg", "login", "working", "mytool", "hotfix/login", "3 running", "7m", "reading"],
    ["k3xabcdefg", "-", "idle", "mytool", "hotfix/login", "3 cancelled", "7m", "stopped here"],
    ["k3xabcdefg", "-", "needs you", "mytool", "hotfix/login", "-", "7m", "Which one?"],
  ]);
});

test.each([200, 120, 100, 90, 80, 60])("it fits a terminal of %i columns, and ids stay whole", (columns) => {
  const long = summary({
    name: "n".repeat(64),
    branch: "b".repeat(200),
    lastLine: "日本語 ".repeat(100),
    model: "m".repeat(40),
    wall: { sandbox: "none", network: "host" },
  });
  const [titles = "", ...rows] = sessionTable([long, summary({})], terminal(columns), NOW);
  for (const row of [titles, ...rows]) expect(textWidth(row)).toBeLessThanOrEqual(Math.max(columns, 66));
  for (const row of rows) expect(row.startsWith("k3xabcdefg ")).toBe(true);
  expect([titles, rows[0]]).toEqual([
    expect.stringMatching(/BADGE.* LAST LINE$/),
    expect.stringMatching(/ no sandbox /),
  ]);
});

test("models are told where a session has one, and why the last turn failed in the place of its last line", () => {
  const failure = { code: "model-unreachable", text: "connect ECONNREFUSED" };
  const turn = {
    state: "ended",
    attempt: 1,
    startedAt: "2026-11-23T11:58:00.000Z",
    stopReason: "failed",
    failure,
  } as const;
  const rows = sessionTable(
    [
      summary({ provider: "local", model: "qwen3", turn, turns: 1, lastLine: "said" }),
      summary({ provider: "openai" }),
      summary({}),
    ],
    terminal(undefined),
    NOW,
  ).map((row) => row.split(/ {2,}/));
  expect(rows[0]).toEqual(["ID", "NAME", "BADGE", "AGENT", "MODEL", "BRANCH", "TURN", "AGE", "LAST LINE"]);
  expect(rows.slice(1).map((row) => row[4])).toEqual(["qwen3", "openai", "-"]);
  expect(rows[1]?.at(-1)).toBe("the model endpoint could not be reached (model-unreachable): connect ECONNREFUSED");
});

test("a session without a sandbox stands out in red, where there is one", () => {
  const red: Terminal = {
    ...terminal(undefined),
    colour: (name, text) => (name === "red" ? `<${text.trim()}>` : text),
  };
  const open = summary({ wall: { sandbox: "none", network: "host" } });
  const walled = summary({ wall: { sandbox: "bubblewrap", network: "provider" } });
  const untested = summary({ wall: { sandbox: "seatbelt", network: "provider" } });
  const rows = sessionTable([open, walled, untested, summary({})], red, NOW).map((row) => row.split(/ {2,}/));
  expect(rows.map((row) => row[3])).toEqual(["SANDBOX", "<no sandbox>", "-", "<sandbox not tested>", "-"]);
  expect(sessionTable([walled], red, NOW)[0]).not.toContain("SANDBOX");
});

test("red is what runs without a wall, and nothing else", () => {
  const painted = (sandbox: "bubblewrap" | "none") =>
    sessionTable(
      [summary({ wall: { sandbox, network: "host" } })],
      { ...terminal(undefined), colour: (colour, text) => (colour === "red" ? `<${text.trim()}>` : text) },
      NOW,
    )[1];
  expect(painted("bubblewrap")).not.toContain("<");
  expect(painted("none")).toContain("<no sandbox>");
});
