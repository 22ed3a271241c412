import { until } from "@harness/core/testing";
import { expect, it } from "vitest";
import type { Actor, CodingAgent, Stage } from "./stage.ts";

/** Whatever is killed, the session goes on, and the coding agent knows what was before. */
export function testCrashes(_: CodingAgent, stage: () => Stage): void {
  it("is killed in the middle of a turn, and remembers", async () => {
    await using session = await stage().session();
    await session.begin();
    const message = await sleepDeep(session);
    process.kill(session.agentPid(), "SIGKILL");
    expect(await session.replyTo(message)).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    await until(() => session.running("sleep 4710").length === 0);
    expect(await session.say("Now carry on.")).toMatchObject({ stopReason: "end_turn", text: "Carrying on." });
    await expectMemory(session, "carry on");
  });

  it("loses its agent process in the middle of a turn, and goes on with that turn", async () => {
    await using session = await stage().session();
    const first = await session.begin();
    const message = await sleepDeep(session);
    first.child.kill("SIGKILL");
    await first.exit;
    await session.begin();
    expect(await session.replyTo(message)).toMatchObject({ stopReason: "end_turn", text: "Going on with it." });
    expect(session.running("sleep 4710")).toEqual([]);
    await expectMemory(session, "resumed");
  });
}

/** One turn that is over, and another that is in a command. */
async function sleepDeep(session: Actor): Promise<string> {
  await session.say("Please greet me.");
  const message = await session.send("Please sleep.");
  await until(() => session.running("sleep 4710").length > 0, { timeoutMs: 40_000 });
  return message;
}

/** By its own memory, or because a new conversation was told, which an event then says. */
async function expectMemory(session: Actor, scenario: string): Promise<void> {
  const { said } = await session.asked(scenario);
  expect(said.join("\n")).toContain("greet me");
  const told = (await session.events()).some(
    ({ type, code }) => type === "warning.raised" && code === "conversation-lost",
  );
  // The earlier words are a message of their own exactly where the conversation is the same.
  const apart = said.some((text) => text.includes("greet me") && !/carry on|may have partly run/.test(text));
  expect(apart).toBe(!told);
}
