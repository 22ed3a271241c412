import { expect, test } from "vitest";
import { createTurnstile } from "./turnstile.ts";

const never = new AbortController().signal;

test("a place that is free goes to the session that was served longest ago, however many calls another has waiting", async () => {
  const { enter } = createTurnstile({ limits: { concurrent: 1 } });
  const order: string[] = [];
  const served = ["greedy", "greedy", "greedy", "modest", "greedy", "modest"].map(async (session) => {
    const place = await enter(session, never);
    order.push(session);
    place?.leave();
    // Twice gives back one place.
    place?.leave();
  });
  await Promise.all(served);
  expect(order).toEqual(["greedy", "modest", "greedy", "modest", "greedy", "greedy"]);
});

test("who gives up waiting is passed over", async () => {
  const { enter } = createTurnstile({ limits: { concurrent: 1 } });
  const place = await enter("a", never);
  const patience = new AbortController();
  const given = enter("b", patience.signal);
  const other = enter("c", never);
  patience.abort();
  expect(await given).toBeNull();
  place?.leave();
  expect(await other).not.toBeNull();
});

test("no more begin within a minute than there may", async () => {
  let nowMs = 0;
  const { enter } = createTurnstile({ limits: { requestsPerMinute: 2 }, now: () => nowMs });
  const first = await enter("a", never);
  const second = await enter("a", never);
  const patience = new AbortController();
  const third = enter("a", patience.signal);
  first?.leave();
  second?.leave();
  patience.abort();
  expect(await third).toBeNull();
  nowMs = 60_000;
  expect(await enter("a", never)).not.toBeNull();
});

test("a call that asked nothing of the provider is none of those of the minute", async () => {
  const { enter } = createTurnstile({ limits: { requestsPerMinute: 1 }, now: () => 0 });
  (await enter("a", never))?.giveBack();
  const place = await enter("b", never);
  place?.leave();
  // Too late: it did ask.
  place?.giveBack();
  const patience = new AbortController();
  const third = enter("c", patience.signal);
  patience.abort();
  expect(await third).toBeNull();
});

test("a session has no second place at the cost of another's first, and has it when the other is gone", async () => {
  const sessions = ["a", "b", "c"];
  const { enter } = createTurnstile({ limits: { concurrent: 4 }, sessions: () => sessions });
  await enter("a", never);
  await enter("a", never);
  let third = false;
  const waiting = enter("a", never).then((place) => {
    third = true;
    return place;
  });
  expect(await enter("b", never)).not.toBeNull();
  expect(await enter("c", never)).not.toBeNull();
  expect(third).toBe(false);
  const { enter: enterOther } = createTurnstile({ limits: { concurrent: 2 }, sessions: () => sessions });
  await enterOther("a", never);
  const second = enterOther("a", never);
  // Nobody tells that they are gone.
  sessions.length = 1;
  expect(await second).not.toBeNull();
  void waiting;
});
