import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { textOf } from "../../testing/driver-conformance.ts";
import { TRANSCRIPT_BYTES } from "../transcript.ts";
import { fakeAgent, openFake, steps } from "./testing/open-fake.ts";

const MIB = 1024 * 1024;

const open = (...list: object[]) => openFake({ text: steps(...list, { say: "still here" }) });
const line = (message: object) => ({ raw: `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n` });
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("an agent that misbehaves", () => {
  it.each([
    ["text that is no JSON", { raw: "npm WARN deprecated\n\n\r\n   \n{]\n" }],
    ["JSON that is no message", { raw: '42\n"x"\nnull\n[]\n[{}]\n{}\n{"jsonrpc":"1.0","id":1,"result":{}}\n' }],
    ["bytes that are no text", { raw: "\u0000\u0001\u{1f600}\n" }],
    ["answers that nobody asked for", line({ id: 99_999, result: {} })],
    ["answers that are neither good nor bad", line({ id: 1_000_000, result: {}, error: {} })],
    ["an id that is no id", line({ id: { a: 1 }, method: "session/request_permission", params: {} })],
    ["requests that are unknown", line({ id: "x", method: "terminal/create", params: { command: "rm" } })],
    ["a notification that is unknown", line({ method: "_vendor/thing", params: null })],
    ["updates without content", line({ method: "session/update", params: [] })],
    ["updates without anything", line({ method: "session/update" })],
    ["an update of another conversation", { of: "another", update: { sessionUpdate: "agent_message_chunk" } }],
    [
      "a text of the wrong type",
      { update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text: 7 } } },
    ],
    ["a tool call of wrong types", { update: { sessionUpdate: "tool_call", toolCallId: {}, title: [], content: "x" } }],
    [
      "a command that cannot be text",
      { update: { sessionUpdate: "tool_call_update", rawInput: { command: [{ toString: 1 }] }, toolCallId: "" } },
    ],
    ["a name that every object has", { update: { sessionUpdate: "__proto__", constructor: { prototype: 1 } } }],
    [
      "a cost of the wrong type",
      { update: { sessionUpdate: "usage_update", cost: { amount: "1e999", currency: "USD" } } },
    ],
    ["brackets without end", { raw: `{"jsonrpc":"2.0","method":"session/update","params":${deep(100_000)}}\n` }],
    ["a deep thing in a known place", line({ method: "session/update", params: { update: JSON.parse(deep(100)) } })],
  ])("goes on after %s", async (_, step) => {
    await using place = await open(step);
    const events = await place.turn();
    expect(events.at(-1)).toEqual({ type: "turn.ended", stopReason: "end_turn" });
    expect(textOf(events)).toBe("still here");
  });

  it("is answered that there are no such methods, and lives on", async () => {
    await using place = await open({ request: "fs/read_text_file", params: { path: "/etc/passwd" } });
    const events = await place.turn();
    expect(textOf(events)).toMatch(/-32601.*still here/s);
    expect(events.at(-1)).toMatchObject({ stopReason: "end_turn" });
  });

  it("is told of as dropped when it sends an update of 10 MB", async () => {
    await using place = await openFake();
    const text = steps(
      { raw: '{"jsonrpc":"2.0","method":"session/update","params":"' },
      { flood: 10 * MIB },
      { raw: '"}\n' },
      { say: "on" },
    );
    const events = await place.turn({ text });
    const dropped = events.find(({ type }) => type === "output.dropped") as { bytes: number };
    expect(dropped.bytes).toBeGreaterThanOrEqual(10 * MIB);
    expect(textOf(events)).toBe("on");
  });

  it.each(['":', '" : '])(
    "has its call closed when the result is too long to be read, written with `%s`",
    async (gap) => {
      const call = { sessionUpdate: "tool_call", toolCallId: "c1", title: "cat", status: "in_progress" };
      const result = { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed", rawOutput: "" };
      const message = { jsonrpc: "2.0", method: "session/update", params: { update: result } };
      const frame = JSON.stringify(message).replaceAll('":', gap);
      await using place = await open({ update: call }, { raw: frame.slice(0, -4) }, { flood: 5 * MIB }, { raw: "\n" });
      const events = await place.turn();
      expect(events.filter(({ type }) => type.startsWith("tool."))).toMatchObject([
        { type: "tool.called", call: "c1" },
        { type: "tool.returned", call: "c1", ok: true, text: expect.stringMatching(/^\(\d+ bytes\)$/) },
      ]);
      expect(events.at(-1)).toEqual({ type: "turn.ended", stopReason: "end_turn" });
      expect(textOf(events)).toBe("still here");
    },
  );

  it("is stopped when something of 10 MB could be what is waited for", async () => {
    await using place = await open({ flood: 10 * MIB }, { raw: "\n" }, { hang: true });
    const end = (await place.turn()).at(-1);
    expect(end).toMatchObject({
      stopReason: "failed",
      failure: { text: expect.stringMatching(/bytes in one message/) },
    });
    expect(place.processes()).toEqual([]);
  });

  it("fills no memory with a line that never ends", async () => {
    await using place = await open({ flood: 300 * MIB });
    const before = process.memoryUsage().rss;
    const abort = new AbortController();
    setTimeout(() => abort.abort("cancel"), 1_500);
    expect((await place.turn({}, abort.signal)).at(-1)).toMatchObject({ stopReason: "cancelled" });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
  });

  it("fills no disk with frames", async () => {
    const text = "x".repeat(500_000);
    const list = Array.from({ length: 20 }, () => ({ say: text }));
    await using place = await open(...list);
    const events = await place.turn();
    expect(textOf(events).length).toBe(20 * text.length + "still here".length);
    expect(Math.max(...events.map((event) => ("text" in event ? (event.text?.length ?? 0) : 0)))).toBeLessThan(10_000);
    const log = join(place.options.transcripts, "first.jsonl");
    expect(statSync(log).size).toBeLessThan(TRANSCRIPT_BYTES);
    for (const each of readFileSync(log, "utf8").trimEnd().split("\n")) expect(JSON.parse(each)).toBeTypeOf("object");
  });

  it("is stopped when it asks without end", async () => {
    const each = { toolCall: { toolCallId: "c" }, options: [{ optionId: "y", name: "Yes", kind: "allow_once" }] };
    await using place = await openFake({
      text: JSON.stringify([{ requests: 5_000, each }, { hang: true }]),
      ask: () => new Promise(() => {}),
    });
    const end = (await place.turn()).at(-1);
    expect(end).toMatchObject({ failure: { code: "agent-crashed", text: expect.stringContaining("at once") } });
    expect(place.asked.length).toBeLessThanOrEqual(100);
  });

  it.each<[string, (home: string, outside: string) => void]>([
    ["a link where their directory goes", (home, outside) => symlinkSync(outside, join(home, ".codex"))],
    [
      "a link in their place",
      (home, outside) => {
        mkdirSync(join(home, ".codex"));
        symlinkSync(join(outside, "config.toml"), join(home, ".codex/config.toml"));
      },
    ],
    ["a directory in their place", (home) => mkdirSync(join(home, ".codex/config.toml/full"), { recursive: true })],
  ])("gets its settings in its own home although it left %s", async (_, plant) => {
    await using place = await openFake({ choice: { ...fakeAgent(), name: "codex" } });
    await using outside = temporaryDirectory();
    const { home } = place.options;
    plant(home, outside.path);
    expect((await place.turn()).at(-1)).toMatchObject({ stopReason: "end_turn" });
    expect(readdirSync(outside.path)).toEqual([]);
    expect(lstatSync(join(home, ".codex/config.toml")).isFile()).toBe(true);
  });
});
