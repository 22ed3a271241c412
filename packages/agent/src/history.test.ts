import { openJsonLines, type EventBody } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHistory, readHistory } from "./history.ts";

const started = (turn: string, text: string): EventBody => ({
  type: "turn.started",
  turn,
  message: turn,
  attempt: 1,
  text,
  resumed: false,
});
const ended = (turn: string, text: string): EventBody => ({ type: "turn.ended", turn, stopReason: "end_turn", text });
const called = (turn: string, n: number): EventBody => ({
  type: "tool.called",
  turn,
  tool: "shell",
  call: `${n}`,
  text: `make step-${n}\n`,
});

function tell(bodies: EventBody[], turn = "now"): string {
  const history = createHistory();
  for (const [seq, body] of bodies.entries()) history.add({ v: 1, seq, at: "", ...body });
  return history.tell(turn);
}

describe("an account of what happened", () => {
  it("tells what was asked, done and said, oldest first, and leaves out what is asked now", () => {
    const told = tell([
      started("a", "Fix the login."),
      { type: "text.written", turn: "a", text: "I look." },
      called("a", 1),
      ended("a", "It is fixed."),
      started("b", "Now the logout."),
      { type: "text.written", turn: "b", text: "Half a" },
      started("now", "Go on."),
    ]);
    expect(told).toBe(
      "Asked:\nFix the login.\nTools used:\n- shell: make step-1\nSaid:\nIt is fixed.\nIt ended: end_turn.\n\n" +
        "Asked:\nNow the logout.\nSaid:\nHalf a\nIt did not come to an end.",
    );
  });

  it("tells how far an interrupted attempt at the same turn came", () => {
    const told = tell([started("now", "Go on."), called("now", 1), started("now", "Go on.")]);
    expect(told).toBe("An interrupted attempt at what is asked now:\nTools used:\n- shell: make step-1");
  });

  it("stays small, whatever there is to tell", () => {
    const events = Array.from({ length: 50 }, (_, n) => [
      started(`${n}`, "p".repeat(50_000)),
      ...Array.from({ length: 200 }, (__, call) => called(`${n}`, call)),
      ended(`${n}`, "r".repeat(50_000)),
    ]).flat();
    const told = tell([...events, started("last", "the last one")]);
    expect(told.length).toBeLessThan(26 * 1024);
    expect(told).toContain("the last one");
    expect(told).toContain("the last of 200");
  });

  it("is empty when nothing happened", () => {
    expect(tell([started("now", "x")])).toBe("");
  });

  it("is read from the session's log", async () => {
    await using directory = temporaryDirectory();
    const path = join(directory.path, "events.jsonl");
    const log = await openJsonLines(path, { maxBytes: 600 });
    for (const event of [started("a", "one"), ended("a", "two"), started("b", "three"), ended("b", "four")])
      log.append(event);
    log.close();
    expect(await readHistory(path, "now")).toMatch(/one[\s\S]*two[\s\S]*three[\s\S]*four/);
    expect(await readHistory(join(directory.path, "none"), "now")).toBe("");
  });
});
