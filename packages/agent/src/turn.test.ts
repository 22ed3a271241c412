import type { EventBody } from "@harness/core";
import { fakeClock, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { DriverEvent, DriverSession } from "./drivers/driver.ts";
import { EVENT_BYTES, turnLimits } from "./limits.ts";
import type { CallEnd } from "./model/call.ts";
import { createModelCalls } from "./model/model-calls.ts";
import { runTurn } from "./turn.ts";

const MINUTE = 60_000;
const PROMPT = { turn: "t", text: "go", attachments: [], attempt: 1, resumed: false };

type Play = (signal: AbortSignal) => AsyncIterable<DriverEvent>;

/** A turn of a driver that tells what it does, on a clock that the test moves. */
function turnOf(play: Play, agent: object = {}) {
  const clock = fakeClock();
  const calls = createModelCalls();
  const events: EventBody[] = [];
  const ended: string[] = [];
  const driver = {
    resumeToken: null,
    narrates: true,
    prompt: (_input, signal) => play(signal),
  } as Partial<DriverSession>;
  const abort = new AbortController();
  const result = runTurn(
    {
      clock,
      driver: driver as DriverSession,
      processes: { killNow: () => ended.push("killed"), stop: async () => void ended.push("stopped") } as never,
      limits: turnLimits({ driver: "acp", ...agent }, true),
      calls,
      questions: { quietSince: () => Number.NEGATIVE_INFINITY, abandon: () => {} },
      worktree: "/nowhere",
      change() {},
      record: (event) => events.push(event),
      onAbandoned: async () => void ended.push("closed"),
    },
    PROMPT,
    abort,
  );
  const call = (number: number, part: Partial<CallEnd> = {}) => {
    calls.tell({ type: "begin", call: number });
    const end = { status: 200, outcome: "ok", durationMs: 1, firstByteMs: 1, bytes: 1, ...part } as const;
    calls.tell({ type: "end", call: number, ...end });
  };
  return { clock, call, events, ended, abort, result };
}

const hang = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
const end: DriverEvent = { type: "turn.ended", stopReason: "end_turn" };

describe("a coding agent that tells what it does", () => {
  it("and told nothing has done nothing", async () => {
    const turn = turnOf(async function* () {
      yield end;
    });
    expect(await turn.result).toMatchObject({ stopReason: "failed", failure: { code: "empty-turn" } });
    expect(turn.ended).toEqual([]);
  });

  it("and falls silent is ended, with all that it started, and what it was waiting for is told", async () => {
    const turn = turnOf(async function* (signal) {
      yield { type: "text", text: "Let me look." };
      yield { type: "tool.called", call: "c", tool: "bash" };
      yield { type: "tool.returned", call: "c", ok: true };
      await hang(signal);
      yield { type: "turn.ended", stopReason: "cancelled" };
    });
    await until(() => turn.events.length === 3);
    for (let call = 1; call <= 3; call += 1) turn.call(call, { status: 529, outcome: "refused" });
    await turn.clock.advance(9 * MINUTE);
    expect(turn.abort.signal.aborted).toBe(false);
    await turn.clock.advance(MINUTE);
    const { stopReason, text, failure } = await turn.result;
    expect([stopReason, text]).toEqual(["timeout", "Let me look."]);
    expect(failure).toEqual({
      code: "agent-silent",
      text:
        "The coding agent has said nothing for 10 min. Last heard: the return of the tool bash. " +
        "The model endpoint answered 529; 3 calls in a row failed.",
    });
    expect(turn.ended).toEqual(["killed", "stopped", "closed"]);
  });

  it("is not silent as long as its model answers", async () => {
    const turn = turnOf(async function* (signal) {
      await hang(signal);
      yield { type: "turn.ended", stopReason: "cancelled" };
    });
    await until(() => turn.clock.sleepers > 0);
    for (let call = 1; call <= 5; call += 1) {
      await turn.clock.advance(9 * MINUTE);
      turn.call(call);
    }
    expect(turn.abort.signal.aborted).toBe(false);
    turn.abort.abort("cancel");
    expect(await turn.result).toMatchObject({ stopReason: "cancelled" });
    expect(turn.ended).toEqual([]);
  });

  it("is not silent as long as it thinks", async () => {
    let think = () => {};
    const turn = turnOf(async function* (signal) {
      while (!signal.aborted) {
        yield { type: "stirred", what: "thoughts" } satisfies DriverEvent;
        await Promise.race([new Promise<void>((resolve) => (think = resolve)), hang(signal)]);
      }
      yield { type: "turn.ended", stopReason: "cancelled" };
    });
    for (let thoughts = 1; thoughts <= 3; thoughts += 1) {
      await until(() => turn.clock.sleepers > 0);
      await turn.clock.advance(9 * MINUTE);
      think();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(turn.abort.signal.aborted).toBe(false);
    await turn.clock.advance(10 * MINUTE);
    const { failure } = await turn.result;
    expect(failure?.text).toBe("The coding agent has said nothing for 10 min. Last heard: thoughts.");
  });

  it("and only meets failures for too long is ended with their cause, whatever it says meanwhile", async () => {
    const turn = turnOf(async function* (signal) {
      while (!signal.aborted) {
        yield { type: "text", text: "Trying again. " };
        await new Promise((resolve) => setImmediate(resolve));
      }
      yield { type: "turn.ended", stopReason: "cancelled" };
    });
    await until(() => turn.clock.sleepers > 0);
    for (let call = 1; call <= 6; call += 1) {
      turn.call(call, { status: 401, outcome: "refused", text: "Wrong key." });
      await turn.clock.advance(MINUTE);
    }
    const { stopReason, failure } = await turn.result;
    expect(stopReason).toBe("failed");
    expect(failure).toEqual({
      code: "model-unauthorized",
      text: "The model endpoint answered 401; 6 calls in a row failed: Wrong key.",
    });
  });

  it("leaves a bounded number of model calls in the log", async () => {
    const turn = turnOf(async function* () {
      for (let call = 1; call <= 30_000; call += 1) turn.call(call, { text: "x".repeat(100) });
      yield { type: "text", text: "ok" };
      yield end;
    });
    expect(await turn.result).toMatchObject({ stopReason: "end_turn" });
    expect(JSON.stringify(turn.events).length).toBeLessThan(4 * 1024 * 1024);
    expect(turn.events.at(-1)).toMatchObject({ type: "output.dropped" });
  });

  it("leaves a bounded number of events in the log, however small each is and whatever it is called", async () => {
    const turn = turnOf(async function* () {
      for (let call = 0; call < 10_000; call += 1) {
        yield { type: "tool.called", call: `${call}`.padEnd(200, "c"), tool: "t".repeat(200) };
        yield { type: "noted", code: "model-retried", text: "The model failed." };
      }
      yield end;
    });
    expect(await turn.result).toMatchObject({ stopReason: "end_turn" });
    expect(turn.events.filter(({ type }) => type === "warning.raised")).toHaveLength(100);
    expect(JSON.stringify(turn.events).length).toBeLessThan(EVENT_BYTES * 1.1);
    expect(turn.events.at(-1)).toMatchObject({ type: "output.dropped" });
  });
});
