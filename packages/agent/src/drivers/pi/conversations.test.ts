import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { afterAll, describe, expect, it } from "vitest";
import { textOf, type Place } from "../../testing/driver-conformance.ts";
import { openPiStage } from "../../testing/pi-stage.ts";
import type { DriverEvent } from "../driver.ts";

const { model, open } = await openPiStage();
afterAll(() => model.close());

const endOf = (events: DriverEvent[]) => events.at(-1) as Extract<DriverEvent, { type: "turn.ended" }>;
const sessionsOf = (place: Place) => join(place.options.home, ".pi", "sessions");

describe("a conversation with Pi", () => {
  it("lasts over turns", async () => {
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

  it("that is gone begins anew, with what the log tells of it", async () => {
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

  it("is gone on with after an abort", async () => {
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

  it("outlives a Pi that dies in the middle of a turn", async () => {
    await using place = await open({ mode: "sweep" });
    await place.turn({ text: "Begin." });
    const pi = place.processes();
    expect(pi).toHaveLength(1);
    const turn = place.turn({ turn: "b", text: "Please hang." });
    await until(() => place.processes().length > 3);
    for (const pid of pi) process.kill(pid, "SIGKILL");
    const end = endOf(await turn);
    expect(end).toMatchObject({ stopReason: "failed", failure: { code: "agent-crashed" } });
    expect(end.note).toContain("was ended by SIGKILL");
    expect(place.processes()).toEqual([]);
    expect(textOf(await place.turn({ turn: "c", text: "Go on." }))).toBe("This is the third turn.");
    await place.session.close();
  });
});
