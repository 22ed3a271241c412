import { fakeClock } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { findOverdue, watchDeadlines, type Overdue, type TurnProgress } from "./deadlines.ts";
import { turnLimits, type TurnLimits } from "./limits.ts";
import { addCall, NO_CALLS } from "./model/tally.ts";

const MINUTE = 60_000;
const NEVER = Number.NEGATIVE_INFINITY;
const limits = turnLimits({ driver: "acp" }, true);
const progress = (part: Partial<TurnProgress> = {}): TurnProgress => ({
  startedAtMs: 0,
  heard: { atMs: 0, what: "text" },
  tools: new Map(),
  quietSinceMs: NEVER,
  calls: NO_CALLS,
  ...part,
});
const failed = { type: "end", status: 529, outcome: "refused", durationMs: 1, firstByteMs: null, bytes: 0 } as const;
const overdueOf = (part: Partial<TurnProgress>, nowMs: number, own: TurnLimits = limits) => {
  const found = findOverdue(progress(part), own, nowMs);
  return "overdue" in found ? found.overdue : null;
};

describe("silence", () => {
  it("ends a turn after its limit, counted from what was heard last", () => {
    expect(overdueOf({}, 10 * MINUTE - 1)).toBeNull();
    expect(overdueOf({}, 10 * MINUTE)).toMatchObject({ cause: "time", failure: { code: "agent-silent" } });
    expect(overdueOf({ heard: { atMs: 5 * MINUTE, what: "text" } }, 10 * MINUTE)).toBeNull();
  });

  it("is none while a tool runs or a question waits, nor right after its answer", () => {
    const tools = new Map([["c", { tool: "bash", atMs: 0 }]]);
    expect(overdueOf({ tools }, 59 * MINUTE)).toBeNull();
    expect(overdueOf({ quietSinceMs: null }, 600 * MINUTE)).toBeNull();
    expect(overdueOf({ quietSinceMs: 55 * MINUTE }, 64 * MINUTE)).toBeNull();
    expect(overdueOf({ quietSinceMs: 55 * MINUTE }, 65 * MINUTE)?.failure?.text).toContain("its question was answered");
  });

  it("says what was heard last, and what the model endpoint did meanwhile", () => {
    let calls = NO_CALLS;
    for (let call = 1; call <= 14; call += 1) calls = addCall(calls, { ...failed, call, text: "Too many." }, 0);
    expect(overdueOf({ calls }, 10 * MINUTE)?.failure?.text).toBe(
      "The coding agent has said nothing for 10 min. Last heard: text. " +
        "The model endpoint answered 529; 14 calls in a row failed: Too many.",
    );
    const open = addCall(NO_CALLS, { type: "begin", call: 1 }, 4 * MINUTE);
    expect(overdueOf({ calls: open }, 10 * MINUTE)?.failure?.text).toContain("has been answering a call for 6 min.");
  });

  it("means nothing in a coding agent that does not tell what it does, unless it is asked for", () => {
    expect(overdueOf({}, 600 * MINUTE, turnLimits({ driver: "command" }, false))).toBeNull();
    const asked = turnLimits({ driver: "command", silenceLimitMs: 1000 }, false);
    expect(overdueOf({}, 1000, asked)?.failure?.code).toBe("agent-silent");
  });
});

describe("a tool call", () => {
  it("ends a turn after its own limit, and is named", () => {
    const tools = new Map([["c", { tool: "bash", atMs: MINUTE }]]);
    expect(overdueOf({ tools }, 61 * MINUTE)?.failure).toEqual({
      code: "tool-overdue",
      text: "A call of the tool bash did not return within 60 min.",
    });
  });
});

describe("a tool call that waits for a person", () => {
  it("has its whole limit from the answer on", () => {
    const tools = new Map([["c", { tool: "bash", atMs: 0 }]]);
    expect(overdueOf({ tools, quietSinceMs: null }, 61 * MINUTE)).toBeNull();
    expect(overdueOf({ tools, quietSinceMs: 59 * MINUTE }, 118 * MINUTE)).toBeNull();
    expect(overdueOf({ tools, quietSinceMs: 59 * MINUTE }, 119 * MINUTE)?.failure?.code).toBe("tool-overdue");
  });
});

describe("endless retries", () => {
  const at = (...times: number[]) =>
    times.reduce((calls, atMs, index) => addCall(calls, { ...failed, call: index }, atMs), NO_CALLS);

  it("end a turn, as far as failed calls go and not the time since", () => {
    expect(overdueOf({ calls: at(0, 5 * MINUTE) }, 5 * MINUTE)).toEqual({ cause: "retries" });
    expect(overdueOf({ calls: at(0, 4 * MINUTE) }, 9 * MINUTE)).toBeNull();
  });

  it("begin anew after a good call", () => {
    const good = addCall(at(0), { ...failed, call: 8, outcome: "ok", status: 200 }, MINUTE);
    const calls = addCall(good, { ...failed, call: 9 }, 6 * MINUTE);
    expect(overdueOf({ calls }, 6 * MINUTE)).toBeNull();
  });
});

describe("limits", () => {
  it("come from session.json; 0 takes one away, nonsense is passed over", () => {
    const none = { turnLimitMs: 0, silenceLimitMs: 0, toolLimitMs: 0, retryLimitMs: 0 };
    expect(turnLimits({ driver: "acp", ...none }, true)).toEqual({
      turnMs: null,
      silenceMs: null,
      toolMs: null,
      retryMs: null,
    });
    const odd = { turnLimitMs: "soon", silenceLimitMs: -1, toolLimitMs: 7 };
    expect(turnLimits({ driver: "acp", ...odd }, true)).toEqual({ ...limits, toolMs: 7 });
    expect(findOverdue(progress(), turnLimits({ driver: "acp", ...none }, true), 1e12)).toEqual({ lookInMs: null });
  });
});

describe("the watch", () => {
  const own: TurnLimits = { turnMs: null, silenceMs: 1000, toolMs: 100, retryMs: 50 };

  it("finds what begins while it sleeps, in time, and once", async () => {
    const clock = fakeClock();
    const found: Overdue[] = [];
    const tools = new Map<string, { tool: string; atMs: number }>();
    const watch = watchDeadlines({
      clock,
      limits: own,
      progress: () => progress({ tools }),
      onOverdue: (overdue) => found.push(overdue),
    });
    await clock.advance(30);
    tools.set("c", { tool: "bash", atMs: 30 });
    for (let ms = 30; ms < 129; ms += 1) await clock.advance(1);
    expect(found).toEqual([]);
    for (let ms = 129; ms < 1500; ms += 1) await clock.advance(1);
    expect(found.map(({ failure }) => failure?.code)).toEqual(["tool-overdue"]);
    expect(clock.sleepers).toBe(0);
    watch.stop();
  });

  it("ends with the turn", async () => {
    const clock = fakeClock();
    const found: Overdue[] = [];
    const watch = watchDeadlines({
      clock,
      limits: own,
      progress: () => progress(),
      onOverdue: (overdue) => found.push(overdue),
    });
    watch.stop();
    await clock.advance(5000);
    watch.look();
    expect([found, clock.sleepers]).toEqual([[], 0]);
  });
});
