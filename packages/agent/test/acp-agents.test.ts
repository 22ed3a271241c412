import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startScriptedModel, type Script } from "@harness/scripted-model";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { acpDriver } from "../src/drivers/acp/driver.ts";
import { installedAgent } from "../src/testing/installed-agent.ts";
import { sendSignal } from "../src/tree/sweep.ts";
import { openPlace, textOf, type PlaceOptions } from "../src/testing/driver-conformance.ts";

// The model's name is none that Codex knows: for those it knows it offers tools that a script cannot call.
const AGENTS = [
  { name: "goose", wire: "openai-chat" },
  { name: "codex", wire: "openai-responses" },
] as const;
const KEY = "sk-test-of-a-session";

const script: Script = {
  scenarios: [
    // First: after a cancelled turn Goose says what was asked in both turns as one.
    { name: "again", when: "again", replies: [[{ text: "I remember." }]] },
    {
      name: "work",
      when: "mend it",
      replies: [
        [{ text: "I look." }, { run: "echo looked > /dev/null; echo looked" }],
        [{ write: { path: "broken.txt", content: "mended\n" } }],
        [{ run: "git add broken.txt && git commit --quiet -m Mend" }],
        [{ text: "It is mended." }],
      ],
    },
    { name: "sleep", when: "sleep", replies: [[{ run: "sleep 1000" }], [{ text: "Slept." }]] },
    { name: "talk", when: "talk", replies: [[{ text: "word ".repeat(500), everyMs: 20 }]] },
    { name: "refused", when: "refuse", replies: [[{ error: 401, message: "no such key" }]] },
    { name: "wrong", when: "wrong", replies: [[{ error: 400, message: "no such thing" }]] },
  ],
};

async function place(agent: (typeof AGENTS)[number], command: string[], more: Partial<PlaceOptions> = {}) {
  const { name, wire } = agent;
  const model = await startScriptedModel({ script, keys: [KEY] });
  const opened = await openPlace(acpDriver, {
    mode: "namespace",
    text: "Please mend it.",
    choice: { name, driver: "acp", command },
    ...more,
    env: { SESSION_KEY: KEY, ...more.env },
    model: { wire, baseUrl: model.url, keyEnv: "SESSION_KEY", id: "scripted-model" },
  });
  execFileSync("git", ["init", "--quiet", opened.directory]);
  writeFileSync(join(opened.directory, "broken.txt"), "broken\n");
  return {
    ...opened,
    model,
    get session() {
      return opened.session;
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

describe.each(AGENTS)("$name over the protocol", (agent) => {
  it("edits and commits, and goes on with the conversation in a new process", async () => {
    const command = installedAgent(agent.name);
    if (!command) return;
    await using at = await place(agent, command);
    const events = await at.turn();
    expect(events.at(-1)).toMatchObject({ stopReason: "end_turn" });
    expect(textOf(events)).toMatch(/I look\.[\s\S]*It is mended\./);
    expect(readFileSync(join(at.directory, "broken.txt"), "utf8")).toBe("mended\n");
    expect(execFileSync("git", ["-C", at.directory, "log", "--format=%s"], { encoding: "utf8" })).toBe("Mend\n");
    const called = events.flatMap((event) => (event.type === "tool.called" ? [event.call] : []));
    const returned = events.flatMap((event) => (event.type === "tool.returned" && event.ok ? [event.call] : []));
    expect(called.length).toBeGreaterThanOrEqual(3);
    expect(returned.toSorted()).toEqual(called.toSorted());
    expect(events).toContainEqual(
      expect.objectContaining({ type: "tool.returned", text: expect.stringMatching(/^looked$/m) }),
    );
    const token = at.session.resumeToken;
    await at.session.close();
    expect(at.processes()).toEqual([]);

    const session = await acpDriver.open({ ...at.options, resumeToken: token });
    const input = { turn: "second", text: "And again.", attachments: [], attempt: 1, resumed: false };
    const later = [];
    for await (const event of session.prompt(input, new AbortController().signal)) later.push(event);
    expect(later.filter(({ type }) => type === "noted")).toEqual([]);
    expect(textOf(later)).toContain("I remember.");
    expect(session.resumeToken).toBe(token);
    await session.close();
    expect(existsSync(join(at.options.transcripts, "second.jsonl"))).toBe(true);
  });

  it.each([["talk"], ["sleep"]])(
    "ends in time when it is cancelled while it is to %s, and nothing stays",
    async (what) => {
      const command = installedAgent(agent.name);
      if (!command) return;
      await using at = await place(agent, command);
      await at.turn({ turn: "before", text: "again" });
      const before = at.processes();
      const abort = new AbortController();
      const turn = at.turn({ text: `Please ${what}.` }, abort.signal);
      const asked = () => at.model.requests.filter(({ scenario }) => scenario === what);
      await until(() => asked().length > 0, { timeoutMs: 20_000 });
      // A command that runs is a process of its own.
      if (what === "sleep") await until(() => sleepers(at.processes()) > 0, { timeoutMs: 20_000 });
      const abortedAt = performance.now();
      abort.abort("cancel");
      expect((await turn).at(-1)).toMatchObject({ stopReason: "cancelled" });
      expect(performance.now() - abortedAt).toBeLessThan(800 * at.slowness);
      expect(at.processes().filter((pid) => !before.includes(pid))).toEqual([]);
      const after = await at.turn({ turn: "after", text: "again" });
      expect(after.at(-1)).toMatchObject({ stopReason: "end_turn" });
      expect(after.filter(({ type }) => type === "noted")).toEqual([]);
    },
  );

  it("goes on with the conversation after it was killed in the middle of a turn", async () => {
    const command = installedAgent(agent.name);
    if (!command) return;
    await using at = await place(agent, command);
    await at.turn({ turn: "before", text: "again" });
    const turn = at.turn({ text: "Please sleep." });
    await until(() => sleepers(at.processes()) > 0, { timeoutMs: 20_000 });
    for (const pid of at.processes()) sendSignal(pid, "SIGKILL");
    expect((await turn).at(-1)).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    expect(at.processes()).toEqual([]);
    const after = await at.turn({ turn: "after", text: "again", resumed: true, attempt: 2 });
    expect(after.filter(({ type }) => type === "noted")).toEqual([]);
    expect(textOf(after)).toContain("I remember.");
    expect(at.kept).toEqual([at.session.resumeToken]);
  });

  it("says that the key is wrong", async () => {
    const command = installedAgent(agent.name);
    if (!command) return;
    await using at = await place(agent, command);
    const end = (await at.turn({ text: "Please refuse." })).at(-1);
    expect(end).toMatchObject({ stopReason: "failed", failure: { code: "model-unauthorized" } });
  });
});

describe("codex over the protocol", () => {
  it("says that the model refused, although it ends the turn as if all were well", async () => {
    const command = installedAgent("codex");
    if (!command) return;
    await using at = await place(AGENTS[1], command);
    const end = (await at.turn({ text: "What is wrong?" })).at(-1);
    expect(end).toMatchObject({ stopReason: "failed", failure: { code: "model-request-refused" } });
  });
});

describe("goose over the protocol", () => {
  it("asks before it runs a command, where the person wants that, and takes a no", async () => {
    const command = installedAgent("goose");
    if (!command) return;
    await using at = await place(AGENTS[0], command, { env: { GOOSE_MODE: "approve" } });
    const events = await at.turn();
    expect(at.asked[0]).toMatchObject({ kind: "permission", text: expect.stringContaining("echo looked") });
    expect(events.at(-1)).toMatchObject({ type: "turn.ended" });
    expect(readFileSync(join(at.directory, "broken.txt"), "utf8")).toBe("broken\n");
  });

  it("ends in time when it is cancelled while a permission waits", async () => {
    const command = installedAgent("goose");
    if (!command) return;
    await using at = await place(AGENTS[0], command, {
      env: { GOOSE_MODE: "approve" },
      ask: () => new Promise(() => {}),
    });
    const abort = new AbortController();
    const turn = at.turn({}, abort.signal);
    await until(() => at.asked.length > 0, { timeoutMs: 20_000 });
    const abortedAt = performance.now();
    abort.abort("cancel");
    expect((await turn).at(-1)).toMatchObject({ stopReason: "cancelled" });
    expect(performance.now() - abortedAt).toBeLessThan(800 * at.slowness);
  });
});

function sleepers(pids: readonly number[]): number {
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep\0");
    } catch {
      return false;
    }
  }).length;
}
