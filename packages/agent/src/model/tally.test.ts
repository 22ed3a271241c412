import { describe, expect, it } from "vitest";
import type { CallBegin, CallEnd } from "./call.ts";
import { addCall, failingForMs, NO_CALLS } from "./tally.ts";

const begin = (call: number): CallBegin => ({ type: "begin", call });
const end = (call: number, outcome: CallEnd["outcome"]): CallEnd => ({
  type: "end",
  call,
  status: outcome === "ok" ? 200 : 529,
  outcome,
  durationMs: 1,
  firstByteMs: null,
  bytes: 0,
});
/** Lines a second apart. */
const tally = (...lines: (CallBegin | CallEnd)[]) =>
  lines.reduce((sum, line, index) => addCall(sum, line, index * 1000), NO_CALLS);

describe("a failed call", () => {
  it("counts until one that began later goes well", () => {
    const failing = tally(begin(1), end(1, "refused"), begin(2), end(2, "broken"));
    expect(failing.failing).toMatchObject({ count: 2, last: { call: 2 }, firstAtMs: 1000, lastAtMs: 3000 });
    expect(failingForMs(failing)).toBe(2000);
    expect(tally(begin(1), end(1, "refused"), begin(2), end(2, "ok")).failing).toBeNull();
  });

  it("beside one that goes well stops nobody, whichever ends first", () => {
    expect(tally(begin(1), begin(2), end(2, "refused"), end(1, "ok")).failing).toBeNull();
    expect(tally(begin(1), begin(2), end(1, "ok"), end(2, "refused")).failing).toBeNull();
    expect(tally(begin(1), end(1, "ok"), begin(2), end(2, "refused")).failing).toMatchObject({ count: 1 });
  });

  it("is not endless while another call may still go well", () => {
    expect(failingForMs(tally(begin(1), begin(2), end(2, "refused"), begin(3), end(3, "refused")))).toBeNull();
  });

  it("that began before anybody listened counts too", () => {
    expect(tally(end(7, "refused")).failing).toMatchObject({ count: 1, last: { call: 7 } });
  });
});

it("a call that the coding agent gave up says nothing", () => {
  expect(tally(begin(1), end(1, "aborted")).failing).toBeNull();
  expect(tally(begin(1), end(1, "refused"), begin(2), end(2, "aborted")).failing).toMatchObject({ count: 1 });
});

it("a call that the coding agent gave up after a long time without an answer has failed", () => {
  const hung = { ...end(1, "aborted"), durationMs: 60_000 };
  expect(tally(begin(1), hung).failing).toMatchObject({ count: 1 });
  expect(tally(begin(1), { ...hung, bytes: 10 }).failing).toBeNull();
});
