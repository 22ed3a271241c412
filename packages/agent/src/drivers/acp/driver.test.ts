import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { openPlace, testDriver, textOf, type Place, type PlaceOptions } from "../../testing/driver-conformance.ts";
import type { DriverEvent } from "../driver.ts";
import { acpDriver, createAcpDriver } from "./driver.ts";
import { LIMITS } from "./limits.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../test/programs/acp-agent.ts");
const agent = (...flags: string[]) => ({ driver: "acp", command: [process.execPath, PROGRAM, ...flags] });
const steps = (...list: object[]) => JSON.stringify(list);

testDriver(acpDriver, {
  replies: { choice: agent(), text: "hello", with: "HELLO" },
  fails: { choice: agent(), text: steps({ error: { code: -32603, message: "Internal error" } }) },
  hangs: { choice: agent("--deaf"), text: steps({ stray: true }, { hang: true }) },
  resumes: { choice: agent(), text: steps({ prompt: true }), told: "may have partly run" },
});

const open = (options: Partial<PlaceOptions> = {}) =>
  openPlace(acpDriver, { mode: "namespace", choice: agent(), text: "hello", ...options });

const endOf = (events: readonly DriverEvent[]) => events.at(-1);
const chunk = (text: string) => ({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });

/** The frames of a turn as the log has them. */
function framesOf(place: Place, turn = "first"): { from: string; frame?: Record<string, unknown>; text?: string }[] {
  const text = readFileSync(join(place.options.transcripts, `${turn}.jsonl`), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("acp", () => {
  it("keeps its agent between turns", async () => {
    await using place = await open({ text: steps({ pid: true }) });
    const pid = textOf(await place.turn());
    expect(pid).toMatch(/^[0-9]+$/);
    expect(textOf(await place.turn({ turn: "second" }))).toBe(pid);
  });

  it("keeps every frame of both directions, as it stood on the wire", async () => {
    await using place = await open({
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
    await using place = await open({ text: steps({ burst: 500 }) });
    const events = await place.turn();
    expect(textOf(events)).toBe(Array.from({ length: 500 }, (_, n) => `${n} `).join(""));
    expect(endOf(events)).toEqual({ type: "turn.ended", stopReason: "end_turn" });
  });

  it("tells of an update that it does not know, once", async () => {
    const update = { sessionUpdate: "mind_reading", thought: "x" };
    await using place = await open({
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
    await using place = await open({
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

  it("counts tokens and what the turn cost", async () => {
    const cost = (amount: number) => ({
      sessionUpdate: "usage_update",
      used: 1,
      size: 9,
      cost: { amount, currency: "USD" },
    });
    const end = { stopReason: "end_turn", usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } };
    await using place = await open();
    const one = await place.turn({ text: steps({ update: cost(0.25) }, { end }) });
    expect(endOf(one)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3, costUsd: 0.25 } });
    const two = await place.turn({ turn: "second", text: steps({ update: cost(0.75) }) });
    expect(endOf(two)).toEqual({ type: "turn.ended", stopReason: "end_turn", usage: { costUsd: 0.5 } });
  });

  it.each(["max_tokens", "max_turn_requests", "refusal"])("passes on why the turn ended: %s", async (stopReason) => {
    await using place = await open({ text: steps({ end: { stopReason } }) });
    expect(endOf(await place.turn())).toEqual({ type: "turn.ended", stopReason });
  });

  it.each([["error"], [7], [undefined]])(
    "makes a failure of the reason %j, which is not the protocol's",
    async (stopReason) => {
      await using place = await open({ text: steps({ end: { stopReason, x: 1 } }) });
      expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "agent-failed" } });
    },
  );

  it("says which failure an answer with an error is", async () => {
    const error = { code: -32603, message: "Internal error", data: { codexErrorInfo: { x: { httpStatusCode: 529 } } } };
    await using place = await open({ text: steps({ error }) });
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "model-overloaded" } });
    expect(textOf(await place.turn({ turn: "second", text: "go on" }))).toContain("GO ON");
  });

  it("does not take an end for success when the agent says beside it that it failed", async () => {
    const sessionFailure = { category: "access", severity: "error", title: "Wrong key" };
    await using place = await open({
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
    await using place = await open({ choice: { driver: "acp", command: ["no-such-agent"] } });
    const note = expect.stringContaining('"no-such-agent" is not on PATH');
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", note });
  });

  it("refuses to be opened without a command", async () => {
    await expect(open({ choice: { driver: "acp" } })).rejects.toThrow(/needs a command/);
  });
});

describe("an agent that ends in the middle of a turn", () => {
  it("is a failure that says how and with which last words, and is started again for the next prompt", async () => {
    await using place = await open();
    await place.turn({ text: "one" });
    const ended = endOf(await place.turn({ turn: "second", text: steps({ stderr: "out of luck\n" }, { exit: 3 }) }));
    expect(ended).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    expect(JSON.stringify(ended)).toMatch(/ended with exit code 3\..*out of luck/);
    expect(place.processes()).toEqual([]);
    const events = await place.turn({ turn: "third", text: steps({ history: true }) });
    expect(JSON.parse(textOf(events))).toMatchObject(["one\n", expect.stringContaining("exit"), expect.anything()]);
  });

  it("is told when it was killed", async () => {
    await using place = await open({ text: steps({ kill: true }) });
    const note = expect.stringContaining("SIGKILL");
    expect(endOf(await place.turn())).toMatchObject({ failure: { code: "agent-crashed" }, note });
  });

  it("is noticed although something it started holds its output open", async () => {
    await using place = await open({ mode: "sweep", text: steps({ raw: "" }, { stray: true }, { kill: true }) });
    expect(endOf(await place.turn())).toMatchObject({ failure: { code: "agent-crashed" } });
    expect(place.processes()).toEqual([]);
  });
});

describe("going on with a conversation", () => {
  const conversation = async (choice = agent()) => {
    const place = await open({ choice });
    await place.turn({ text: "the first prompt" });
    await place.session.close();
    return { place, token: place.session.resumeToken ?? "" };
  };

  /** Another driver session in the same home, as another agent process would open it. */
  const again = (place: Place, given: Partial<Place["options"]> = {}) =>
    acpDriver.open({ ...place.options, resumeToken: place.session.resumeToken, ...given });

  const run = async (session: Place["session"], text: string, more: object = {}) => {
    const events: DriverEvent[] = [];
    const input = { turn: "later", text, attachments: [], attempt: 1, resumed: false, ...more };
    for await (const event of session.prompt(input, new AbortController().signal)) events.push(event);
    return events;
  };

  it.each([[[]], [["--resume", "--no-load"]]])(
    "loads it in a new process, and tells nothing twice: %j",
    async (flags) => {
      const { place, token } = await conversation(agent(...flags));
      await using _ = place;
      expect(place.kept).toEqual([token]);
      const session = await again(place);
      const events = await run(session, steps({ history: true }));
      expect(textOf(events)).not.toContain("again:");
      expect(JSON.parse(textOf(events))[0]).toBe("the first prompt\n");
      expect(session.resumeToken).toBe(token);
      await session.close();
    },
  );

  it.each([["--no-load"], ["--crash-on-load"]])(
    "begins anew with an account when it cannot be loaded: %s",
    async (flag) => {
      const { place, token } = await conversation(agent());
      await using _ = place;
      const session = await again(place, {
        choice: { ...place.options.choice, ...agent(flag) },
        history: async () => "IT WAS SO",
      });
      const events = await run(session, steps({ prompt: true }));
      expect(events[0]).toMatchObject({ type: "noted", code: "conversation-lost" });
      expect(textOf(events)).toMatch(/could not be gone on with[\s\S]*IT WAS SO[\s\S]*\[{"prompt"/);
      expect(session.resumeToken).not.toBe(token);
      expect(textOf(await run(session, steps({ prompt: true })))).not.toContain("IT WAS SO");
      await session.close();
    },
  );

  it("begins anew when the agent has never heard of it", async () => {
    await using place = await open({ resumeToken: "no-such", history: "IT WAS SO", text: steps({ prompt: true }) });
    const events = await place.turn();
    expect(events[0]).toMatchObject({ code: "conversation-lost", text: expect.stringContaining("not found") });
    expect(textOf(events)).toContain("IT WAS SO");
  });

  it("does not load what was killed in an agent whose conversations do not survive that", async () => {
    const { place } = await conversation();
    await using _ = place;
    const session = await again(place, { choice: { ...place.options.choice, name: "gemini" } });
    const events = await run(session, "on", { resumed: true, attempt: 2 });
    expect(events[0]).toMatchObject({ code: "conversation-lost", text: expect.stringContaining("killed") });
    await session.close();
  });

  it("sets the mode that the agent is to work in", async () => {
    await using place = await open({ choice: { ...agent(), name: "codex" } });
    await place.turn();
    const set = framesOf(place).find(({ frame }) => frame?.["method"] === "session/set_mode");
    expect(set?.frame).toMatchObject({ params: { modeId: "agent-full-access" } });
    await using refusing = await open({ choice: { ...agent("--no-modes"), name: "codex" } });
    expect((await refusing.turn())[0]).toMatchObject({ type: "noted", code: "mode-refused" });
  });

  it("gives up on an agent that never gets ready", async () => {
    const impatient = createAcpDriver({ ...LIMITS, startMs: 500 });
    await using place = await openPlace(impatient, { mode: "namespace", choice: agent("--silent"), text: "hello" });
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "agent-silent" } });
    expect(place.processes()).toEqual([]);
  });

  it("does not speak with an agent of another protocol", async () => {
    await using place = await open({ choice: agent("--version-2") });
    expect(endOf(await place.turn())).toMatchObject({ failure: { text: expect.stringContaining("version 2") } });
  });

  it("closes its agent by closing its stdin", async () => {
    await using place = await open();
    await place.turn();
    const before = performance.now();
    await place.session.close();
    expect(performance.now() - before).toBeLessThan(LIMITS.closeMs);
    expect(place.processes()).toEqual([]);
    expect(existsSync(join(place.options.home, "conversations.json"))).toBe(true);
    expect(readdirSync(place.options.transcripts)).toEqual(["first.jsonl"]);
  });
});
