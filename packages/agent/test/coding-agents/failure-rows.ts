import { describe, expect, it } from "vitest";
import type { CodingAgent, FailureName, Stage } from "./stage.ts";

const FAILURES: readonly (readonly [FailureName, string, string])[] = [
  ["400", "Please fail 400.", "model-request-refused"],
  ["401", "Please fail 401.", "model-unauthorized"],
  ["429", "Please fail 429.", "model-rate-limited"],
  ["529", "Please fail 529.", "model-overloaded"],
  ["cut", "Please fail by a cut.", "model-failed"],
];

/** A model that fails is not the coding agent's success, and the report says what it was. */
export function testFailures(agent: CodingAgent, stage: () => Stage): void {
  it("with a wrong key says so", async () => {
    await using session = await stage().session({ key: "sk-stolen" });
    await session.begin();
    expect(await session.say("Please greet me.")).toMatchObject({
      stopReason: "failed",
      failure: { code: "model-unauthorized", text: expect.stringMatching(/key|auth/i) },
    });
  });

  // Most of their time they wait to ask again.
  describe.concurrent("with a model that fails", () => {
    for (const [name, prompt, usual] of FAILURES) {
      const code = agent.failures?.[name] === undefined ? usual : agent.failures[name];
      const title =
        code === null ? `is hidden by ${agent.name}` : `fails as ${code}, and works again when the model does`;
      it.skipIf(code === null)(`(${name}) ${title}`, async () => {
        await using session = await stage().session();
        await session.begin();
        expect(await session.say(prompt)).toMatchObject({ stopReason: "failed", failure: { code } });
        expect(await session.say("Now carry on.")).toMatchObject({ stopReason: "end_turn", text: "Carrying on." });
      });
    }
  });
}
