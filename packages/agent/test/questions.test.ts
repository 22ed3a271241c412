import { readdirSync, readFileSync, existsSync } from "node:fs";
import { sendMessage, type Outbound } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { steps, testSession, type TestSession } from "./agent-process.ts";

const OPTIONS = [
  { id: "red", label: "Red" },
  { id: "blue", label: "Blue" },
];
const ASK = steps({ do: "ask", text: "Which colour?", options: OPTIONS }, { do: "say", text: "It is {answer}." });
const textOf = (message: Outbound) => (message.body as { text: string }).text;

const question = (session: TestSession) =>
  until(
    async () => (await session.reports()).find(({ kind }) => kind === "question" || kind === "permission") ?? false,
  );
const answer = (session: TestSession, body: object) => sendMessage(session.paths, { kind: "answer", body });

describe("questions", () => {
  it("stand in the outbox and in the status until they are answered", async () => {
    await using session = await testSession();
    await session.run();
    const message = await session.send(ASK);
    const asked = await question(session);
    expect(asked).toMatchObject({
      kind: "question",
      replyTo: message,
      body: { text: "Which colour?", options: OPTIONS },
    });
    await until(() => session.status().waiting.length === 1);
    expect(session.status().waiting).toMatchObject([{ id: asked.id, kind: "question", text: "Which colour?" }]);
    await answer(session, { to: asked.id, option: "blue" });
    expect(textOf(await session.reply(message))).toBe("It is blue.\n");
    await until(() => session.status().turn?.state === "ended");
    expect(session.status().waiting).toEqual([]);
    await until(() => readdirSync(session.paths.inbox.done).length === 2);
  });

  it("refuse an answer that is none of their options and stay open", async () => {
    await using session = await testSession();
    await session.run();
    const message = await session.send(ASK);
    const asked = await question(session);
    const { id } = await answer(session, { to: asked.id, option: "green" });
    const reason = `${session.paths.inbox.bad}/${id}.msg.reason.txt`;
    await until(() => existsSync(reason));
    expect(readFileSync(reason, "utf8")).toContain("red, blue");
    await answer(session, { to: asked.id, text: "something else" });
    expect(textOf(await session.reply(message))).toBe("It is something else.\n");
  });

  it("fall back to their default at the deadline; a permission is refused", async () => {
    await using session = await testSession();
    await session.run();
    const first = await session.send(
      steps(
        { do: "ask", text: "?", options: OPTIONS, default: "red", deadlineMs: 200 },
        { do: "say", text: "{answer}" },
      ),
    );
    expect(textOf(await session.reply(first))).toBe("red\n");
    const second = await session.send(steps({ do: "permission", text: "Delete it?", deadlineMs: 200 }));
    expect((await session.reply(second)).body).toMatchObject({ stopReason: "refusal" });
    await until(() => session.status().waiting.length === 0);
  });

  it("are not asked twice after a crash: the answer that came meanwhile counts", async () => {
    await using session = await testSession();
    const first = await session.run();
    const message = await session.send(ASK);
    const asked = await question(session);
    first.child.kill("SIGKILL");
    await first.exit;
    await answer(session, { to: asked.id, option: "red" });
    await session.run();
    expect(textOf(await session.reply(message))).toBe("It is red.\n");
    expect((await session.reports()).filter(({ kind }) => kind === "question")).toHaveLength(1);
  });

  it("end with a cancelled turn", async () => {
    await using session = await testSession();
    await session.run();
    const message = await session.send(ASK);
    const asked = await question(session);
    await sendMessage(session.paths, { kind: "cancel", body: {} });
    expect((await session.reply(message)).body).toMatchObject({ stopReason: "cancelled" });
    await answer(session, { to: asked.id, option: "red" });
    await until(() => readdirSync(session.paths.inbox.done).length === 3);
    expect(session.status().waiting).toEqual([]);
  });
});
