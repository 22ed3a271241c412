import { describe, expect, it } from "vitest";
import type { CodingAgent, Stage } from "./stage.ts";

const FAILURES = [
  ["fail 400", "model-request-refused"],
  ["fail 401", "model-unauthorized"],
  ["fail 429", "model-rate-limited"],
  ["fail 529", "model-overloaded"],
  ["fail by a cut", "model-failed"],
] as const;

/** A model that fails is not the coding agent's success, and the report says what it was. */
export function testFailures(_: CodingAgent, stage: () => Stage): void {
  it("with a wrong key says so", async () => {
    await using session = await stage().session({ key: "sk-stolen" });
    await session.begin();
    expect(await session.say("Please greet me.")).toMatchObject({
      stopReason: "failed",
      failure: { code: "model-unauthorized", text: expect.stringMatching(/key|auth/i) },
    });
  });

  it("is not waited for when the model hangs", async () => {
    await using session = await stage().session({ choice: { silenceLimitMs: 5_000 } });
    await session.begin();
    expect(await session.say("Please hang.")).toMatchObject({
      stopReason: "timeout",
      failure: { code: "agent-silent" },
    });
    expect(await session.say("Now carry on.")).toMatchObject({ stopReason: "end_turn", text: "Carrying on." });
  });

  // Most of their time they wait to ask again.
  describe.concurrent("with a model that fails", () => {
    it.each(FAILURES)("(%s) fails as %s, and works again when the model does", async (prompt, code) => {
      await using session = await stage().session();
      await session.begin();
      expect(await session.say(`Please ${prompt}.`)).toMatchObject({ stopReason: "failed", failure: { code } });
      expect(await session.say("Now carry on.")).toMatchObject({ stopReason: "end_turn", text: "Carrying on." });
    });
  });
}
