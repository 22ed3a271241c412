import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { startScriptedModel, type Script, type ScriptedModel } from "@harness/scripted-model";
import { afterAll, describe, expect, it } from "vitest";
import { openPlace, testDriver, textOf, type Place, type PlaceOptions } from "../../testing/driver-conformance.ts";
import { PI_COMMAND } from "../../testing/pi-command.ts";
import type { DriverEvent, ModelChoice } from "../driver.ts";
import { piDriver } from "./driver.ts";

const WIRES = ["anthropic", "openai-responses", "openai-chat", "gemini"] as const;
const stubborn = "trap '' TERM HUP INT; while :; do sleep 1; done";

const script: Script = {
  scenarios: [
    { name: "carry", when: "carry on", replies: [[{ text: "Carrying on." }]] },
    { name: "resumed", when: "may have partly run", replies: [[{ text: "Going on with it." }]] },
    { name: "greet", when: "greet", replies: [[{ text: "Good day." }]] },
    { name: "refuse", when: "refuse", replies: [[{ error: 400 }]] },
    { name: "falter", when: "falter", replies: [[{ error: 529, times: 1 }, { text: "Here it is." }]] },
    {
      name: "note",
      when: "note",
      replies: [
        [{ text: "First a look." }, { run: "printf made > note.txt; cat note.txt; exit 3" }],
        [{ write: { path: "deep/other.txt", content: "written\n" } }],
        [{ text: "Done." }],
      ],
    },
    {
      name: "hang",
      when: "hang",
      replies: [[{ run: `(setsid sh -c "${stubborn}" &); (env -i setsid sleep 1000 &); ${stubborn}` }]],
    },
    { name: "drawl", when: "drawl", replies: [[{ text: "One line.\nAnd then " }, { hang: true }]] },
    { name: "first", replies: [[{ text: "This is the first turn." }]] },
    { name: "second", replies: [[{ text: "This is the second turn." }]] },
    { name: "third", replies: [[{ text: "This is the third turn." }]] },
  ],
};

const model: ScriptedModel = await startScriptedModel({ script, keys: ["session-key"] });
afterAll(() => model.close());

const endpoint = (more: Partial<ModelChoice> = {}): ModelChoice => ({
  wire: "anthropic",
  baseUrl: model.url,
  keyEnv: "MODEL_KEY",
  id: "scripted-model",
  ...more,
});
const choice = { driver: "pi", command: PI_COMMAND, env: { MODEL_KEY: "session-key" } };
const open = (options: Partial<PlaceOptions> = {}) =>
  openPlace(piDriver, { mode: "namespace", text: "", choice, model: endpoint(), ...options });

testDriver(piDriver, {
  replies: { choice, model: endpoint(), text: "Please greet me.", with: "Good day." },
  fails: { choice, model: endpoint(), text: "Please refuse." },
  hangs: { choice, model: endpoint(), text: "Please hang." },
  resumes: { choice, model: endpoint(), text: "Whatever.", told: "Going on with it." },
});

const endOf = (events: DriverEvent[]) => events.at(-1) as Extract<DriverEvent, { type: "turn.ended" }>;
const sessionsOf = (place: Place) => join(place.options.home, ".pi", "sessions");

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

  it("stays over turns and remembers them", async () => {
    await using place = await open();
    expect(textOf(await place.turn({ text: "Begin." }))).toBe("This is the first turn.");
    const [pi] = place.processes();
    expect(textOf(await place.turn({ turn: "b", text: "Go on." }))).toBe("This is the second turn.");
    expect(place.processes()[0]).toBe(pi);
    await place.session.close();
    expect(place.processes()).toEqual([]);
    await place.reopen(place.session.resumeToken);
    const events = await place.turn({ turn: "c", text: "Go on." });
    expect(textOf(events)).toBe("This is the third turn.");
    expect(events.filter(({ type }) => type === "noted")).toEqual([]);
    await place.session.close();
  });

  it("says so when the conversation is gone, and begins anew with what the log tells of it", async () => {
    await using place = await open({ history: "Asked: to begin." });
    await place.turn({ text: "Begin." });
    await place.session.close();
    const token = place.session.resumeToken;
    rmSync(sessionsOf(place), { recursive: true });
    await place.reopen(token);
    const events = await place.turn({ turn: "b", text: "Go on." });
    expect(events[0]).toMatchObject({ type: "noted", code: "conversation-lost" });
    expect(textOf(events)).toBe("This is the first turn.");
    expect(model.requests.at(-1)?.said).toEqual([expect.stringMatching(/Asked: to begin\.[^]*Go on\.$/)]);
    expect(place.session.resumeToken).toBe(token);
    expect(place.kept).toEqual([token, token]);
    await place.session.close();
  });

  it.each([
    // Pi 0.87 reads files of later versions as far as it understands them.
    ["of a newer version", 2, (text: string) => text.replace('"version":3', '"version":99')],
    ["cut in the middle of a line", 2, (text: string) => `${text}{"type":"message","id":"x","par`],
    ["without a head", 1, (text: string) => text.slice(text.indexOf("\n") + 1)],
    ["that makes Pi fall over", 1, (text: string) => `${text}{"type":"message","id":"x","parentId":null}\n`],
  ])("with a conversation file %s comes to turn %d", async (_, turn, damage) => {
    await using place = await open();
    await place.turn({ text: "Begin." });
    await place.session.close();
    const [name = ""] = readdirSync(sessionsOf(place));
    const path = join(sessionsOf(place), name);
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    await place.reopen(place.session.resumeToken);
    const events = await place.turn({ turn: "b", text: "Go on." });
    expect(events.some(({ type }) => type === "noted")).toBe(turn === 1);
    expect(textOf(events)).toBe(`This is the ${turn === 1 ? "first" : "second"} turn.`);
    await place.session.close();
    // What was begun anew is gone on with.
    await place.reopen(place.session.resumeToken);
    expect(textOf(await place.turn({ turn: "c", text: "Go on." }))).toBe(
      `This is the ${turn === 1 ? "second" : "third"} turn.`,
    );
    await place.session.close();
  });

  it("goes on after an abort with what was said before it", async () => {
    await using place = await open();
    await place.turn({ text: "Begin." });
    const abort = new AbortController();
    const events: DriverEvent[] = [];
    const prompt = { turn: "b", text: "Please drawl.", attachments: [], attempt: 1, resumed: false };
    for await (const event of place.session.prompt(prompt, abort.signal)) {
      events.push(event);
      if (event.type === "text") abort.abort("cancel");
    }
    expect(textOf(events)).toBe("One line.\nAnd then ");
    expect(endOf(events)).toMatchObject({ stopReason: "cancelled" });
    expect(place.processes()).toEqual([]);
    expect(textOf(await place.turn({ turn: "c", text: "Now carry on." }))).toBe("Carrying on.");
    expect(model.requests.at(-1)?.said).toEqual(["Begin.", "Please drawl.", "Now carry on."]);
    await place.session.close();
  });

  it("dies in the middle of a turn, says how, and comes back", async () => {
    await using place = await open({ mode: "sweep" });
    await place.turn({ text: "Begin." });
    const turn = place.turn({ turn: "b", text: "Please hang." });
    await until(() => place.processes().length > 3);
    process.kill(place.processes()[0] ?? 0, "SIGKILL");
    const end = endOf(await turn);
    expect(end).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    expect(end.note).toContain("was ended by SIGKILL");
    expect(place.processes()).toEqual([]);
    expect(textOf(await place.turn({ turn: "c", text: "Go on." }))).toBe("This is the third turn.");
    await place.session.close();
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
