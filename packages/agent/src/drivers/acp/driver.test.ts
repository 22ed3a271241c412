import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { testDriver, textOf } from "../../testing/driver-conformance.ts";
import type { DriverEvent } from "../driver.ts";
import { acpDriver } from "./driver.ts";
import { fakeAgent, framesOf, openFake, steps } from "./testing/open-fake.ts";

testDriver(acpDriver, {
  replies: { choice: fakeAgent(), text: "hello", with: "HELLO" },
  fails: { choice: fakeAgent(), text: steps({ error: { code: -32603, message: "Internal error" } }) },
  hangs: { choice: fakeAgent("--deaf"), text: steps({ stray: true }, { hang: true }) },
  resumes: { choice: fakeAgent(), text: steps({ prompt: true }), told: "may have partly run" },
});

const endOf = (events: readonly DriverEvent[]) => events.at(-1);
const chunk = (text: string) => ({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });

describe("acp", () => {
  it("keeps its agent between turns", async () => {
    await using place = await openFake({ text: steps({ pid: true }) });
    const pid = textOf(await place.turn());
    expect(pid).toMatch(/^[0-9]+$/);
    expect(textOf(await place.turn({ turn: "second" }))).toBe(pid);
  });

  it("keeps every frame of both directions, as it stood on the wire", async () => {
    await using place = await openFake({
      text: steps({ raw: "no JSON\n" }, { update: chunk("hi") }, { stderr: "aside\n" }),
    });
    await place.turn();
    await until(() => framesOf(place).some(({ from }) => from === "stderr"));
    const frames = framesOf(place);
    expect(frames.map(({ frame }) => frame?.["method"])).toEqual(
      expect.arrayContaining(["initialize", "session/new", "session/prompt", "session/update"]),
    );
    expect(frames).toContainEqual(expect.objectContaining({ from: "agent", text: "no JSON" }));
    expect(frames).toContainEqual(expect.objectContaining({ from: "stderr", text: "aside" }));
  });

  it("tells every update before the turn ends, also those that come in one piece with the answer", async () => {
    await using place = await openFake({ text: steps({ burst: 500 }) });
    const events = await place.turn();
    expect(textOf(events)).toBe(Array.from({ length: 500 }, (_, n) => `${n} `).join(""));
    expect(endOf(events)).toEqual({ type: "turn.ended", stopReason: "end_turn" });
  });

  it("tells of an update that it does not know, once", async () => {
    const update = { sessionUpdate: "mind_reading", thought: "x" };
    await using place = await openFake({
      text: steps({ update }, { update }, { update: { sessionUpdate: 7 } }, { say: "on" }),
    });
    const events = await place.turn();
    const notes = events.filter(({ type }) => type === "noted");
    expect(notes).toMatchObject([
      { code: "update-unknown", text: expect.stringContaining('"mind_reading"') },
      { code: "update-unknown", text: expect.stringContaining('"(none)"') },
    ]);
    expect(textOf(events)).toBe("on");
    expect(framesOf(place).filter(({ frame }) => JSON.stringify(frame)?.includes("mind_reading"))).toHaveLength(3);
  });

  it("tells what tools were called with and what they gave back", async () => {
    const call = { toolCallId: "c1", title: "Run   tests", kind: "execute", rawInput: { command: ["npm", "test"] } };
    const content = [{ type: "content", content: { type: "text", text: "1 failed" } }];
    await using place = await openFake({
      text: steps(
        { update: { sessionUpdate: "tool_call", status: "pending", ...call } },
        { update: { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" } },
        { update: { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "failed", content } },
        { update: { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "failed", content } },
        {
          update: { sessionUpdate: "tool_call", toolCallId: "c2", title: "Read", status: "completed", rawOutput: "x" },
        },
      ),
    });
    const events = await place.turn();
    expect(events.slice(0, -1)).toEqual([
      { type: "tool.called", call: "c1", tool: "Run tests", text: "npm test" },
      { type: "tool.returned", call: "c1", ok: false, text: "1 failed" },
      { type: "tool.called", call: "c2", tool: "Read" },
      { type: "tool.returned", call: "c2", ok: true, text: "x" },
    ]);
  });

  it("tells what a command wrote where the agent streams it, and begins a new line after a tool", async () => {
    const call = { toolCallId: "c1", title: "make", name: "shell", rawInput: { command: "make" } };
    const wrote = (data: string) => ({ toolCallId: "c1", _meta: { terminal_output: { terminal_id: "c1", data } } });
    await using place = await openFake({
      text: steps(
        { say: "First" },
        { say: " this." },
        { update: { sessionUpdate: "tool_call", status: "in_progress", ...call } },
        { update: { sessionUpdate: "tool_call_update", ...wrote("one\n") } },
        { update: { sessionUpdate: "tool_call_update", ...wrote("x".repeat(100_000)) } },
        { update: { sessionUpdate: "tool_call_update", ...wrote("two\n"), status: "completed" } },
        { say: "Then that." },
      ),
    });
    const events = await place.turn();
    expect(textOf(events)).toBe("First this.\nThen that.");
    expect(events).toContainEqual({ type: "tool.called", call: "c1", tool: "shell", text: "make" });
    const text = (events.find(({ type }) => type === "tool.returned") as { text: string }).text;
    expect(text).toMatch(/^one\nx+\n… \d+ characters left out …\nx+two\n$/);
    expect(text.length).toBeLessThan(5_000);
  });

  it("counts tokens and what the turn cost", async () => {
    const cost = (amount: number) => ({
      sessionUpdate: "usage_update",
      used: 1,
      size: 9,
      cost: { amount, currency: "USD" },
    });
    const end = { stopReason: "end_turn", usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } };
    await using place = await openFake();
    const one = await place.turn({ text: steps({ update: cost(0.25) }, { end }) });
    expect(endOf(one)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3, costUsd: 0.25 } });
    const two = await place.turn({ turn: "second", text: steps({ update: cost(0.75) }) });
    expect(endOf(two)).toEqual({ type: "turn.ended", stopReason: "end_turn", usage: { costUsd: 0.5 } });
  });

  it.each(["max_tokens", "max_turn_requests", "refusal"])("passes on why the turn ended: %s", async (stopReason) => {
    await using place = await openFake({ text: steps({ end: { stopReason } }) });
    expect(endOf(await place.turn())).toEqual({ type: "turn.ended", stopReason });
  });

  it.each([["error"], [7], [undefined]])(
    "makes a failure of the reason %j, which is not the protocol's",
    async (stopReason) => {
      await using place = await openFake({ text: steps({ end: { stopReason, x: 1 } }) });
      expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "agent-failed" } });
    },
  );

  it("says which failure an answer with an error is", async () => {
    const error = { code: -32603, message: "Internal error", data: { codexErrorInfo: { x: { httpStatusCode: 529 } } } };
    await using place = await openFake({ text: steps({ error }) });
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "model-overloaded" } });
    expect(textOf(await place.turn({ turn: "second", text: "go on" }))).toContain("GO ON");
  });

  it("does not take an end for success when the agent says beside it that it failed", async () => {
    const sessionFailure = { category: "access", severity: "error", title: "Wrong key" };
    await using place = await openFake({
      text: steps({ end: { stopReason: "end_turn", _meta: { jetbrains: { air: { sessionFailure } } } } }),
    });
    expect(endOf(await place.turn())).toMatchObject({
      stopReason: "failed",
      failure: { code: "model-unauthorized", text: "Wrong key" },
    });
    const broken = {
      sessionUpdate: "session_info_update",
      _meta: { codex: { threadStatus: { type: "systemError" } } },
    };
    const second = await place.turn({ turn: "second", text: steps({ update: broken }) });
    expect(endOf(second)).toMatchObject({ stopReason: "failed", failure: { code: "agent-failed" } });
  });

  it("names a program that is missing", async () => {
    await using place = await openFake({ choice: { driver: "acp", command: ["no-such-agent"] } });
    const note = expect.stringContaining('"no-such-agent" is not on PATH');
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", note });
  });

  it("refuses to be opened without a command", async () => {
    await expect(openFake({ choice: { driver: "acp" } })).rejects.toThrow(/needs a command/);
  });
});

describe("an agent that ends in the middle of a turn", () => {
  it("is a failure that says how and with which last words, and is started again for the next prompt", async () => {
    await using place = await openFake();
    await place.turn({ text: "one" });
    const ended = endOf(await place.turn({ turn: "second", text: steps({ stderr: "out of luck\n" }, { exit: 3 }) }));
    expect(ended).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    expect(JSON.stringify(ended)).toMatch(/ended with exit code 3\..*out of luck/);
    expect(place.processes()).toEqual([]);
    const events = await place.turn({ turn: "third", text: steps({ history: true }) });
    expect(JSON.parse(textOf(events))).toMatchObject(["one\n", expect.stringContaining("exit"), expect.anything()]);
  });

  it("is told when it was killed", async () => {
    await using place = await openFake({ text: steps({ kill: true }) });
    const note = expect.stringContaining("SIGKILL");
    expect(endOf(await place.turn())).toMatchObject({ failure: { code: "agent-crashed" }, note });
  });

  it("is noticed although something it started holds its output open", async () => {
    await using place = await openFake({ mode: "sweep", text: steps({ raw: "" }, { stray: true }, { kill: true }) });
    expect(endOf(await place.turn())).toMatchObject({ failure: { code: "agent-crashed" } });
    expect(place.processes()).toEqual([]);
  });
});
