import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { afterAll, describe, expect, it } from "vitest";
import { testDriver, textOf } from "../../testing/driver-conformance.ts";
import { openPiStage } from "../../testing/pi-stage.ts";
import type { DriverEvent } from "../driver.ts";
import { piDriver } from "./driver.ts";

const WIRES = ["anthropic", "openai-responses", "openai-chat", "gemini"] as const;
const { model, choice, endpoint, open } = await openPiStage();
afterAll(() => model.close());

testDriver(piDriver, {
  replies: { choice, model: endpoint(), text: "Please greet me.", with: "Good day." },
  fails: { choice, model: endpoint(), text: "Please refuse." },
  hangs: { choice, model: endpoint(), text: "Please hang." },
  resumes: { choice, model: endpoint(), text: "Whatever.", told: "Going on with it." },
});

const endOf = (events: DriverEvent[]) => events.at(-1) as Extract<DriverEvent, { type: "turn.ended" }>;

describe("pi", () => {
  it.each(WIRES)("works over %s, and tells what it did", async (wire) => {
    await using place = await open({ model: endpoint({ wire }) });
    const events = await place.turn({ text: "Write a note." });
    expect(textOf(events)).toBe("First a look.\n\nDone.");
    const calls = events.filter(({ type }) => type.startsWith("tool."));
    expect(calls).toMatchObject([
      { type: "tool.called", tool: "bash", text: "printf made > note.txt; cat note.txt; exit 3" },
      { type: "tool.returned", ok: false, text: expect.stringContaining("made") },
      { type: "tool.called", tool: "write", text: '{"path":"deep/other.txt","content":"written\\n"}' },
      { type: "tool.returned", ok: true },
    ]);
    expect(endOf(events)).toEqual({
      type: "turn.ended",
      stopReason: "end_turn",
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
    expect(endOf(events).usage?.inputTokens).toBeGreaterThan(1_000);
    expect(readFileSync(join(place.directory, "deep/other.txt"), "utf8")).toBe("written\n");
    await place.session.close();
  });

  it.each([
    ["anthropic", "claude-opus-4-8"],
    ["openai-responses", "gpt-5.5"],
    ["gemini", "gemini-3.1-pro-preview"],
  ] as const)("over %s without a model asks %s, whose price it knows", async (wire, id) => {
    await using place = await open({ model: { wire, baseUrl: model.url, keyEnv: "MODEL_KEY" } });
    const before = model.requests.length;
    const end = endOf(await place.turn({ text: "Please greet me." }));
    expect(end).toMatchObject({ stopReason: "end_turn", usage: { costUsd: expect.any(Number) } });
    expect(model.requests.slice(before)).toMatchObject([{ wire, model: id, status: 200 }]);
    await place.session.close();
  });

  it("asks for exactly the model that was named, however similar others are", async () => {
    await using place = await open({ model: endpoint({ id: "claude-opus" }) });
    const before = model.requests.length;
    await place.turn({ text: "Please greet me." });
    expect(model.requests.slice(before)).toMatchObject([{ model: "claude-opus" }]);
    await place.session.close();
  });

  it("has no default where anybody may serve any model", async () => {
    await expect(open({ model: { wire: "openai-chat", baseUrl: model.url } })).rejects.toMatchObject({
      code: "model-not-chosen",
    });
  });

  it("takes along what its commands hid when a turn is aborted", async () => {
    await using place = await open();
    const hidden = () => hiddenSleepers(place.directory);
    const abort = new AbortController();
    const turn = place.turn({ text: "Please hang." }, abort.signal);
    await until(() => hidden() === 1, { timeoutMs: 20_000 });
    abort.abort("cancel");
    expect(endOf(await turn)).toMatchObject({ stopReason: "cancelled" });
    expect(hidden()).toBe(0);
    expect(place.processes()).toEqual([]);
  });

  it("is heard when it cannot start", async () => {
    const broken = { ...choice, command: ["sh", "-c", "echo no such luck >&2; exit 7"] };
    await using place = await open({ choice: broken });
    expect(endOf(await place.turn())).toMatchObject({
      stopReason: "failed",
      failure: { code: "agent-failed", text: expect.stringMatching(/exit code 7 before it was ready\.\nno such luck/) },
    });
  });

  it("names a program that is missing", async () => {
    await using place = await open({ choice: { ...choice, command: ["no-such-pi"] } });
    expect(endOf(await place.turn())).toMatchObject({
      stopReason: "failed",
      note: expect.stringContaining('"no-such-pi" is not on PATH'),
    });
  });

  it("tells that the model was asked again", async () => {
    await using place = await open();
    const events = await place.turn({ text: "Please falter." });
    expect(events[0]).toMatchObject({ type: "noted", code: "model-retried", text: expect.stringContaining("1 of 3") });
    expect(textOf(events)).toBe("Here it is.");
    await place.session.close();
  });

  it.each([
    ["is wrong", { MODEL_KEY: "stolen" }],
    ["is missing", {}],
  ])("says that the key %s", async (_, env) => {
    await using place = await open({ choice: { ...choice, env } });
    expect(endOf(await place.turn({ text: "Please greet me." }))).toMatchObject({
      stopReason: "failed",
      failure: { code: "model-unauthorized" },
    });
    await place.session.close();
  });

  it("keeps the raw frames and never the key", async () => {
    await using place = await open();
    await place.turn({ text: "Please greet me." });
    await place.session.close();
    const lines = readFileSync(join(place.options.transcripts, "first.jsonl"), "utf8").trim().split("\n");
    const frames = lines.map((line) => JSON.parse(line) as { from: string; frame?: { type: string } });
    const prompts = frames.filter(({ from, frame }) => from === "client" && frame?.type === "prompt");
    expect(prompts).toMatchObject([{ frame: { message: "Please greet me." } }]);
    expect(frames.at(-1)).toMatchObject({ from: "agent", frame: { type: "agent_settled" } });
    const files = readdirSync(place.options.sessionDirectory, { recursive: true, withFileTypes: true });
    const holding = files.filter(
      (file) => file.isFile() && readFileSync(join(file.parentPath, file.name), "latin1").includes("session-key"),
    );
    expect(holding).toEqual([]);
  });

  it("sends a text that looks like one of its own commands to the model", async () => {
    await using place = await open();
    expect(textOf(await place.turn({ text: "/llama greet" }))).toBe("Good day.");
    await place.session.close();
  });
});

/** Found by where they work: nothing else says whose they are. */
function hiddenSleepers(directory: string): number {
  return readdirSync("/proc").filter((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "latin1");
      return command === ["sleep", "1000", ""].join("\0") && readlinkSync(`/proc/${name}/cwd`) === directory;
    } catch {
      // No process, or gone.
      return false;
    }
  }).length;
}
