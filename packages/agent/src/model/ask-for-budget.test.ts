import { fakeClock } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { Answer, AskRequest } from "../drivers/driver.ts";
import { askForBudget } from "./ask-for-budget.ts";
import type { CallHold } from "./call.ts";

function open() {
  const asked: {
    request: AskRequest;
    signal: AbortSignal;
    answer(outcome: Answer["outcome"]): Promise<void>;
    fail(error: Error): void;
  }[] = [];
  const refused: number[] = [];
  let tell: (line: CallHold) => void = () => {};
  const state = { turn: "turn-1" };
  askForBudget({
    calls: {
      followHolds: (listener) => {
        tell = listener;
        return () => {};
      },
      refuse: (call) => void refused.push(call),
    },
    clock: fakeClock(),
    turn: () => state.turn,
    ask: (request, signal) =>
      new Promise((resolve, reject) => {
        const answer = async (outcome: Answer["outcome"]) => resolve({ outcome });
        signal.addEventListener("abort", () => resolve({ outcome: "aborted" }));
        asked.push({ request, signal, answer, fail: reject });
      }),
  });
  const hold = (call: number) => tell({ type: "held", call, text: "It is spent.", holdMs: 5_000 });
  const release = (call: number, answered: boolean) => tell({ type: "released", call, answered });
  return { asked, refused, state, hold, release };
}

test("one question stands for all calls that wait, for as long as they do", () => {
  const { asked, hold } = open();
  hold(1);
  hold(2);
  expect(asked).toHaveLength(1);
  const { request } = asked[0]!;
  expect(request).toMatchObject({ kind: "permission", about: "budget", deadlineMs: 5_000 });
  expect(request.text).toBe("It is spent. May it spend as much again?");
});

test("denied, what waits and what else the turn asks is refused; the next turn asks again", async () => {
  const { asked, refused, state, hold } = open();
  hold(1);
  hold(2);
  await asked[0]!.answer("refused");
  expect(refused).toEqual([1, 2]);
  hold(3);
  expect([refused, asked.length]).toEqual([[1, 2, 3], 1]);
  state.turn = "turn-2";
  hold(4);
  expect([refused.length, asked.length]).toEqual([3, 2]);
});

test("allowed, nothing is refused here, and a budget that is spent again is asked for again", async () => {
  const { asked, refused, hold, release } = open();
  hold(1);
  await asked[0]!.answer("answered");
  release(1, true);
  hold(2);
  expect([refused, asked.length]).toEqual([[], 2]);
});

test("what waits is refused when its question cannot even be asked, and the next turn asks again", async () => {
  const { asked, refused, state, hold } = open();
  hold(1);
  hold(2);
  asked[0]!.fail(new Error("The disk is full."));
  await new Promise((resolve) => setImmediate(resolve));
  expect(refused).toEqual([1, 2]);
  state.turn = "turn-2";
  hold(3);
  expect(asked).toHaveLength(2);
});

test("a question closes when the calls are let through without an answer, not when their client tries again", async () => {
  const { asked, refused, hold, release } = open();
  hold(1);
  release(1, false);
  hold(2);
  expect([asked.length, asked[0]!.signal.aborted]).toEqual([1, false]);
  release(2, true);
  expect(asked[0]!.signal.aborted).toBe(true);
  await Promise.resolve();
  hold(3);
  expect(refused).toEqual([]);
});
