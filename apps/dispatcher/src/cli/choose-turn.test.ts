import type { Event } from "@harness/core";
import { expect, test } from "vitest";
import { eventsOfTurn, parseTurn } from "./choose-turn.ts";

const event = (seq: number, type: string, turn?: string): Event => ({
  v: 1,
  seq,
  at: "",
  type,
  ...(turn ? { turn } : {}),
});
const LOG = [
  event(1, "session.started"),
  event(2, "turn.started", "a"),
  event(3, "turn.ended", "a"),
  event(4, "turn.started", "b"),
  event(5, "session.started"),
  event(6, "turn.started", "b"),
  event(7, "turn.ended", "b"),
  event(8, "session.exited"),
];
const seqs = (events: Event[]) => events.map(({ seq }) => seq);

test("a turn is all its attempts and what came between them", () => {
  expect(seqs(eventsOfTurn(LOG, 1))).toEqual([2, 3]);
  expect(seqs(eventsOfTurn(LOG, 2))).toEqual([4, 5, 6, 7]);
  expect(seqs(eventsOfTurn(LOG, "last"))).toEqual([4, 5, 6, 7]);
});

test("a turn that is not in the log is refused", () => {
  expect(() => eventsOfTurn(LOG, 3)).toThrow("The log holds 2 turns.");
  expect(() => eventsOfTurn([], "last")).toThrow("The log holds no turn.");
});

test.each(["0", "-1", "first", "1.5", ""])("%j is no turn", (text) => {
  expect(() => parseTurn(text)).toThrow("Give a number");
});
