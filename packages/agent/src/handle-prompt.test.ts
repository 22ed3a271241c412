import { systemClock, type ClaimedMessage, type Outbound } from "@harness/core";
import { describe, expect, it } from "vitest";
import type { AgentContext } from "./agent-context.ts";
import type { DriverSession } from "./drivers/driver.ts";
import { handlePrompt, stopTurn, type RunningTurn } from "./handle-prompt.ts";
import type { AbortCause } from "./limits.ts";

const claimed: ClaimedMessage = {
  id: "m",
  attempt: 1,
  started: false,
  path: "",
  message: { v: 1, id: "m", kind: "prompt", createdAt: "2026-01-01T00:00:00.000Z", body: { text: "work" } },
};

/** A turn that is stopped for one cause after the other, all before it is over. */
async function stopFor(...causes: AbortCause[]): Promise<{ turns: number; stopReasons: string[] }> {
  const turn: RunningTurn = { message: "m", abort: new AbortController(), cause: null, over: false };
  let turns = 0;
  const reports: Outbound[] = [];
  const session = {
    resumeToken: null,
    async *prompt() {
      turns += 1;
      if (turns === 1) for (const cause of causes) stopTurn(turn, cause);
      yield { type: "turn.ended", stopReason: "end_turn" };
    },
  } as unknown as DriverSession;
  const context = {
    session: "s",
    clock: systemClock,
    choice: { driver: "scripted" },
    paths: { worktree: "/nowhere" },
    calls: { follow: () => () => {}, settle: async () => {} },
    questions: { quietSince: () => null, abandon() {} },
    status: { current: () => ({ turn: null }), apply() {}, flush: async () => {} },
    memory: { keepResume() {}, save: async () => {} },
    storage: { persist: (work: () => Promise<unknown>) => work() },
    inbox: { start: async () => ({ ...claimed, started: true }), settle: async () => ({}) },
    record() {},
    failpoint: async () => {},
    hasReport: () => false,
    report: async (message: Outbound) => void reports.push(message),
  } as unknown as AgentContext;
  const driver = { open: async () => session, rest() {}, close: async () => {} };
  await handlePrompt(context, claimed, { turn, driver, onTurnEnd: async () => {} });
  return { turns, stopReasons: reports.map(({ body }) => (body as { stopReason: string }).stopReason) };
}

describe("a turn that a failing disk interrupts", () => {
  it("goes on", async () => {
    expect(await stopFor("storage")).toEqual({ turns: 2, stopReasons: ["end_turn"] });
  });

  it.each(["cancel", "close"] as const)("is over when a %s comes meanwhile", async (cause) => {
    expect(await stopFor("storage", cause)).toEqual({ turns: 1, stopReasons: ["cancelled"] });
  });

  it("is left for later when the process is to stop, a close before it or not", async () => {
    expect(await stopFor("storage", "stop")).toEqual({ turns: 1, stopReasons: [] });
    expect(await stopFor("storage", "close", "stop")).toEqual({ turns: 1, stopReasons: [] });
  });
});
