import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPlace, textOf, type Place } from "../../testing/driver-conformance.ts";
import type { DriverEvent } from "../driver.ts";
import { acpDriver, createAcpDriver } from "./driver.ts";
import { LIMITS } from "./limits.ts";
import { fakeAgent, framesOf, openFake, steps } from "./testing/open-fake.ts";

const endOf = (events: readonly DriverEvent[]) => events.at(-1);

describe("going on with a conversation", () => {
  const conversation = async (choice = fakeAgent()) => {
    const place = await openFake({ choice });
    await place.turn({ text: "the first prompt" });
    await place.session.close();
    return { place, token: place.session.resumeToken ?? "" };
  };

  /** Another driver session in the same home, as another agent process would open it. */
  const again = (place: Place, given: Partial<Place["options"]> = {}) =>
    acpDriver.open({ ...place.options, resumeToken: place.session.resumeToken, ...given });

  const run = async (session: Place["session"], text: string, more: object = {}) => {
    const events: DriverEvent[] = [];
    const input = { turn: "later", text, attachments: [], attempt: 1, resumed: false, ...more };
    for await (const event of session.prompt(input, new AbortController().signal)) events.push(event);
    return events;
  };

  it.each([[[]], [["--resume", "--no-load"]]])(
    "loads it in a new process, and tells nothing twice: %j",
    async (flags) => {
      const { place, token } = await conversation(fakeAgent(...flags));
      await using _ = place;
      expect(place.kept).toEqual([token]);
      const session = await again(place);
      const events = await run(session, steps({ history: true }));
      expect(textOf(events)).not.toContain("again:");
      expect(JSON.parse(textOf(events))[0]).toBe("the first prompt\n");
      expect(session.resumeToken).toBe(token);
      await session.close();
    },
  );

  it.each([["--no-load"], ["--crash-on-load"]])(
    "begins anew with an account when it cannot be loaded: %s",
    async (flag) => {
      const { place, token } = await conversation(fakeAgent());
      await using _ = place;
      const session = await again(place, {
        choice: { ...place.options.choice, ...fakeAgent(flag) },
        history: async () => "IT WAS SO",
      });
      const events = await run(session, steps({ prompt: true }));
      expect(events[0]).toMatchObject({ type: "noted", code: "conversation-lost" });
      expect(textOf(events)).toMatch(/could not be gone on with[\s\S]*IT WAS SO[\s\S]*\[{"prompt"/);
      expect(session.resumeToken).not.toBe(token);
      expect(textOf(await run(session, steps({ prompt: true })))).not.toContain("IT WAS SO");
      await session.close();
    },
  );

  it("owes the account until a prompt has reached the new conversation", async () => {
    await using place = await openFake({ resumeToken: "no-such" });
    const abort = new AbortController();
    const history = () => {
      if (abort.signal.aborted) return Promise.resolve("IT WAS SO");
      abort.abort("cancel");
      return new Promise<string>(() => {});
    };
    const session = await acpDriver.open({ ...place.options, history });
    const cancelled: DriverEvent[] = [];
    const input = { turn: "first", text: "x", attachments: [], attempt: 1, resumed: false };
    for await (const event of session.prompt(input, abort.signal)) cancelled.push(event);
    expect(endOf(cancelled)).toMatchObject({ stopReason: "cancelled" });
    expect(framesOf(place).some(({ frame }) => frame?.["method"] === "session/prompt")).toBe(false);
    expect(place.kept).toEqual([]);
    expect(textOf(await run(session, steps({ prompt: true })))).toContain("IT WAS SO");
    expect(place.kept).toEqual([session.resumeToken]);
    await session.close();
  });

  it("begins anew when the agent has never heard of it", async () => {
    await using place = await openFake({ resumeToken: "no-such", history: "IT WAS SO", text: steps({ prompt: true }) });
    const events = await place.turn();
    expect(events[0]).toMatchObject({ code: "conversation-lost", text: expect.stringContaining("not found") });
    expect(textOf(events)).toContain("IT WAS SO");
  });

  it("does not load what was killed in an agent whose conversations do not survive that", async () => {
    const { place } = await conversation();
    await using _ = place;
    const session = await again(place, { choice: { ...place.options.choice, name: "gemini" } });
    const events = await run(session, "on", { resumed: true, attempt: 2 });
    expect(events[0]).toMatchObject({ code: "conversation-lost", text: expect.stringContaining("killed") });
    await session.close();
  });

  it("sets the mode that the agent is to work in", async () => {
    await using place = await openFake({ choice: { ...fakeAgent(), name: "codex" } });
    await place.turn();
    const set = framesOf(place).find(({ frame }) => frame?.["method"] === "session/set_mode");
    expect(set?.frame).toMatchObject({ params: { modeId: "agent-full-access" } });
    await using refusing = await openFake({ choice: { ...fakeAgent("--no-modes"), name: "codex" } });
    expect((await refusing.turn())[0]).toMatchObject({ type: "noted", code: "mode-refused" });
  });

  it("gives up on an agent that never gets ready", async () => {
    const impatient = createAcpDriver({ ...LIMITS, startMs: 500 });
    await using place = await openPlace(impatient, { mode: "namespace", choice: fakeAgent("--silent"), text: "hello" });
    expect(endOf(await place.turn())).toMatchObject({ stopReason: "failed", failure: { code: "agent-silent" } });
    expect(place.processes()).toEqual([]);
  });

  it("does not speak with an agent of another protocol", async () => {
    await using place = await openFake({ choice: fakeAgent("--version-2") });
    expect(endOf(await place.turn())).toMatchObject({ failure: { text: expect.stringContaining("version 2") } });
  });

  it("closes its agent by closing its stdin", async () => {
    await using place = await openFake();
    await place.turn();
    const before = performance.now();
    await place.session.close();
    expect(performance.now() - before).toBeLessThan(LIMITS.closeMs);
    expect(place.processes()).toEqual([]);
    expect(existsSync(join(place.options.home, "conversations.json"))).toBe(true);
    expect(readdirSync(place.options.transcripts)).toEqual(["first.jsonl"]);
  });
});
