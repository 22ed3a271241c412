import { until } from "@harness/core/testing";
import { expect, it } from "vitest";
import type { Actor, CodingAgent, Stage } from "./stage.ts";

/** How long after a cancel nothing of the turn may run any more. A loaded machine takes a while to do anything at all. */
const CANCEL_MS = 5_000;

/** A cancel ends the turn wherever it is, with all that it started, and not the conversation. */
export function testCancel(agent: CodingAgent, stage: () => Stage): void {
  it("is cancelled while it speaks", async () => {
    await using session = await stage().session();
    await session.begin();
    await session.say("Please greet me.");
    const message = await session.send("Please drawl.");
    await session.event("text.written", ({ text }) => String(text).includes("line"));
    expect(await timeToCancel(session, message)).toBeLessThan(CANCEL_MS);
    await expectMemory(session);
  });

  it("is cancelled while it runs a command", async () => {
    await using session = await stage().session();
    await session.begin();
    await session.say("Please greet me.");
    const message = await session.send("Please sleep.");
    await until(() => session.running("sleep 4710").length > 0, { timeoutMs: 40_000 });
    expect(await timeToCancel(session, message)).toBeLessThan(CANCEL_MS);
    expect(session.running("sleep 4710")).toEqual([]);
    await expectMemory(session);
  });

  it.runIf(agent.asks)("is cancelled while it waits to be allowed something", async () => {
    await using session = await stage().session({ env: agent.asks ?? {} });
    await session.begin();
    await session.say("Please greet me.");
    const message = await session.send("Please work as one.");
    const asked = await until(async () => (await session.reports()).find(({ kind }) => kind === "permission"), {
      timeoutMs: 40_000,
    });
    expect(asked.body).toMatchObject({ options: expect.any(Array) });
    expect(await timeToCancel(session, message)).toBeLessThan(CANCEL_MS);
    await expectMemory(session);
  });
}

async function timeToCancel(session: Actor, message: string): Promise<number> {
  const cancelledAt = performance.now();
  await session.cancel();
  expect(await session.replyTo(message)).toMatchObject({ stopReason: "cancelled" });
  return performance.now() - cancelledAt;
}

/** The next turn is another one, in the same conversation. */
async function expectMemory(session: Actor): Promise<void> {
  expect(await session.say("Now carry on.")).toMatchObject({ stopReason: "end_turn", text: "Carrying on." });
  expect((await session.asked("carry on")).said.join("\n")).toMatch(/greet me[^]*carry on/);
}
