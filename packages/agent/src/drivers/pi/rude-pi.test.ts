import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, it } from "vitest";
import { openPlace, textOf } from "../../testing/driver-conformance.ts";
import { GRACE_MS } from "../driver.ts";
import { piDriver } from "./driver.ts";

const RUDE_PI = join(import.meta.dirname, "../../../test/programs/rude-pi.ts");
const open = (text: string) =>
  openPlace(piDriver, { mode: "namespace", text, choice: { driver: "pi", command: [process.execPath, RUDE_PI] } });

it("hears what is meant through any noise, and counts nothing that is no number", async () => {
  await using place = await open("noise");
  const events = await place.turn();
  expect(events).toEqual([
    { type: "text", text: "At last." },
    { type: "turn.ended", stopReason: "end_turn", usage: { inputTokens: 0, outputTokens: 0 } },
  ]);
});

it("takes a tool for returned whose picture was too large to be read", async () => {
  await using place = await open("picture");
  expect(await place.turn()).toMatchObject([
    { type: "tool.called", call: "c", text: '{"path":"a.png"}' },
    { type: "output.dropped", bytes: expect.any(Number) },
    { type: "tool.returned", call: "c", ok: true },
    { type: "text", text: "At last." },
    { type: "turn.ended", stopReason: "end_turn" },
  ]);
});

it("holds little of a flood", async () => {
  await using place = await open("flood");
  const before = process.memoryUsage().rss;
  const events = await place.turn();
  expect(textOf(events).length).toBeLessThan(5 * 1024 * 1024);
  expect(textOf(events)).toContain("At last.");
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});

it("answers for nobody when an extension asks", async () => {
  await using place = await open("dialog");
  expect(textOf(await place.turn())).toBe("cancelled: true");
});

it("ends in time a turn of a Pi that does not listen", async () => {
  await using place = await open("silence");
  const abort = new AbortController();
  const turn = place.turn({}, abort.signal);
  await until(() => place.processes().length > 2);
  const abortedAt = performance.now();
  abort.abort("cancel");
  expect((await turn).at(-1)).toMatchObject({ stopReason: "cancelled" });
  expect(performance.now() - abortedAt).toBeLessThan(GRACE_MS * place.slowness);
  expect(place.processes()).toEqual([]);
});

it("tells the last words of a Pi that quits", async () => {
  await using place = await open("quit");
  expect((await place.turn()).at(-1)).toMatchObject({
    failure: {
      code: "agent-crashed",
      text: "Pi ended with exit code 9 in the middle of the turn.\nit is all too much",
    },
  });
});
