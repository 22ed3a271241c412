import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { steps, testSession } from "./agent-process.ts";

const PROGRAM = resolve(import.meta.dirname, "programs/acp-agent.ts");
const agent = (...flags: string[]) => ({ driver: "acp", command: [process.execPath, PROGRAM, ...flags] });

describe("a session with an ACP agent", () => {
  it("goes on with the same conversation after its process was killed in the middle of the very first turn", async () => {
    await using session = await testSession({ agent: agent() });
    const killed = await session.run();
    const message = await session.send(steps({ hangOnce: true }, { history: true }));
    await until(() => existsSync(join(session.paths.home, "conversations.json.hung")));
    await until(() => /"resume": ?"conversation-/.test(readFileSync(session.paths.context, "utf8")));
    killed.child.kill("SIGKILL");
    await killed.exit;
    await session.run();
    const reply = await session.reply(message, 20_000);
    expect(reply.body).toMatchObject({ stopReason: "end_turn" });
    const prompts = JSON.parse((reply.body as { text: string }).text) as string[];
    expect(prompts).toEqual([
      expect.not.stringContaining("interrupted"),
      expect.stringContaining("may have partly run"),
    ]);
    expect((await session.events()).filter(({ type }) => type === "warning.raised")).toEqual([]);
  });

  it("tells a new conversation what happened where the old one cannot be loaded", async () => {
    await using session = await testSession({ agent: agent("--no-load") });
    const first = await session.run();
    await session.reply(await session.send("The first prompt."));
    first.child.kill("SIGKILL");
    await first.exit;
    await session.run();
    const reply = await session.reply(await session.send(steps({ prompt: true })));
    expect(reply.body).toMatchObject({
      text: expect.stringMatching(/Asked:\nThe first prompt\.\nSaid:\nTHE FIRST PROMPT\./),
    });
    const warned = (await session.events()).filter(({ type }) => type === "warning.raised");
    expect(warned).toMatchObject([{ code: "conversation-lost" }]);
  });

  it("asks its person, and goes on with the answer", async () => {
    const permission = {
      toolCall: { toolCallId: "c", title: "Push to main" },
      options: [{ optionId: "go", name: "Go", kind: "allow_once" }],
    };
    await using session = await testSession({ agent: agent() });
    await session.run();
    const message = await session.send(steps({ permission }));
    const asked = await until(async () => (await session.reports()).find(({ kind }) => kind === "permission"));
    expect(asked.body).toMatchObject({ text: "Push to main", options: [{ id: "go", label: "Go" }] });
    await session.answer(asked.id, "go");
    expect((await session.reply(message)).body).toMatchObject({ text: expect.stringContaining('"optionId":"go"') });
  });

  it("is watched as before after a turn that ended on an open question, which nobody is asked any more", async () => {
    const each = {
      toolCall: { toolCallId: "c", title: "Push to main" },
      options: [{ optionId: "go", name: "Go", kind: "allow_once" }],
    };
    await using session = await testSession({ agent: { ...agent(), silenceLimitMs: 3_000 } });
    await session.run();
    await session.reply(await session.send(steps({ requests: 1, each }, { say: "done" })));
    const reply = await session.reply(await session.send(steps({ hang: true })), 20_000);
    expect(reply.body).toMatchObject({ stopReason: "timeout", failure: { code: "agent-silent" } });
    expect(session.status().waiting).toEqual([]);
  });
});
