import type { Status } from "@harness/core";
import { fakeClock, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { applyChange, createStatusWriter, lastLine, startStatus, type StatusChange } from "./status.ts";

const process = { pid: 7, bootId: "b", startTime: "1", lockFd: 20 };
const fresh = startStatus({ session: "s", previous: null, process, degraded: [], at: "t0" });
const after = (status: Status, ...changes: StatusChange[]) =>
  changes.reduce((current, change, n) => applyChange(current, change, `t${n + 1}`), status);
const start: StatusChange = { type: "turn.started", turn: "m", message: "m", attempt: 1 };
const question = { id: "q", kind: "question" as const, text: "?" };

describe("a status", () => {
  it("counts a turn when it ends, and once", () => {
    const end: StatusChange = { type: "turn.ended", turn: "m", stopReason: "end_turn" };
    expect(after(fresh, start)).toMatchObject({ turns: 0, turn: { state: "running", startedAt: "t1" } });
    expect(after(fresh, start, end, end)).toMatchObject({ turns: 1, turn: { state: "ended", endedAt: "t2" } });
  });

  it("does not count a turn that was interrupted until it ends", () => {
    const interrupted = after(fresh, start, { type: "turn.ended", turn: "m", stopReason: "interrupted" });
    expect(interrupted).toMatchObject({ turns: 0, turn: { state: "ended", stopReason: "interrupted" } });
    const again: StatusChange = { type: "turn.started", turn: "m", message: "m", attempt: 2 };
    const ended = after(interrupted, again, { type: "turn.ended", turn: "m", stopReason: "cancelled" });
    expect(ended).toMatchObject({ turns: 1, turn: { attempt: 2, stopReason: "cancelled" } });
  });

  it("tells why the last turn failed until the next one starts", () => {
    const failure = { code: "model-unauthorized", text: "401" };
    const failed = after(fresh, start, { type: "turn.ended", turn: "m", stopReason: "failed", failure });
    expect(failed.turn).toMatchObject({ stopReason: "failed", failure });
    expect(after(failed, { ...start, turn: "n" }).turn).not.toHaveProperty("failure");
  });

  it("ignores the end of a turn that is not its turn", () => {
    expect(after(fresh, start, { type: "turn.ended", turn: "x", stopReason: "failed" })).toMatchObject({ turns: 0 });
  });

  it("shows open questions until they are closed or their turn ends", () => {
    const asked = after(fresh, start, { type: "question.opened", question });
    expect(asked.waiting).toEqual([question]);
    expect(after(asked, { type: "question.closed", id: "q" }).waiting).toEqual([]);
    expect(after(asked, { type: "turn.ended", turn: "m", stopReason: "cancelled" }).waiting).toEqual([]);
  });

  it("keeps what the session has done when another process takes over, and what it does not know", () => {
    const old = { ...after(fresh, start), turns: 4, reason: "stopped", degraded: ["x"], waiting: [question], own: 1 };
    const next = startStatus({ session: "s", previous: old, process, degraded: [], at: "t9" });
    expect(next).toMatchObject({ turns: 4, agent: "running", waiting: [], startedAt: "t9", own: 1, turn: { id: "m" } });
    expect(next).not.toHaveProperty("reason");
    expect(next).not.toHaveProperty("degraded");
  });

  it.each([
    ["one\ntwo\n\n", "two"],
    ["\u001b[31mred\u001b[0m\u0007", "red"],
    ["a\rb", "b"],
    [" \n\t\n", undefined],
    ["x".repeat(500), "x".repeat(200)],
  ])("shows %j as its last line %j", (text, line) => {
    expect(lastLine(text)).toBe(line);
  });
});

describe("the writer of a status", () => {
  function writer(lineMs = 10_000) {
    const written: Status[] = [];
    const gates: (() => void)[] = [];
    const write = (status: Status) =>
      new Promise<void>((resolve) => {
        written.push(status);
        gates.push(resolve);
      });
    return { written, gates, ...createStatusWriter({ initial: fresh, clock: fakeClock(), write, lineMs }) };
  }

  it("puts changes that come while it writes into one next write", async () => {
    const { apply, flush, written, gates } = writer();
    apply(start);
    apply({ type: "question.opened", question });
    expect(written).toEqual([]);
    await until(() => written.length === 1);
    apply({ type: "question.closed", id: "q" });
    apply({ type: "line.written", text: "working" });
    const flushed = flush();
    gates.shift()?.();
    await until(() => written.length === 2);
    gates.shift()?.();
    await flushed;
    expect(written).toMatchObject([{ waiting: [question] }, { waiting: [], lastLine: "working" }]);
  });

  it("collects lines for a while, and writes them at the next flush", async () => {
    const { apply, flush, written, gates } = writer();
    apply({ type: "line.written", text: "one" });
    apply({ type: "line.written", text: "two" });
    expect(written).toEqual([]);
    const flushed = flush();
    gates.shift()?.();
    await flushed;
    expect(written).toMatchObject([{ lastLine: "two" }]);
  });

  it("writes lines by itself after a while", async () => {
    const { apply, written } = writer(20);
    apply({ type: "line.written", text: "one" });
    expect(await until(() => written.length === 1)).toBe(true);
  });

  it("collects lines that come while it writes for as long as others", async () => {
    const { apply, flush, written, gates } = writer();
    apply({ type: "line.written", text: "one" });
    const flushed = flush();
    apply({ type: "line.written", text: "two" });
    gates.shift()?.();
    await flushed;
    expect(written).toMatchObject([{ lastLine: "one" }]);
    const both = flush();
    gates.shift()?.();
    await both;
    expect(written).toMatchObject([{ lastLine: "one" }, { lastLine: "two" }]);
  });

  it("tells whoever waits that a write failed, and tries again", async () => {
    let failures = 1;
    const write = async () => {
      if (failures-- > 0) throw new Error("no");
    };
    const { apply, flush } = createStatusWriter({ initial: fresh, clock: fakeClock(), write });
    apply(start);
    await expect(flush()).rejects.toThrow("no");
    await flush();
  });
});
