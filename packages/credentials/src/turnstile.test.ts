import { expect, test } from "vitest";
import { createTurnstile } from "./turnstile.ts";

const never = new AbortController().signal;

test("a place that is free goes to the session that was served longest ago, however many calls another has waiting", async () => {
  const { enter } = createTurnstile({ concurrent: 1 });
  const order: string[] = [];
  const served = ["greedy", "greedy", "greedy", "modest", "greedy", "modest"].map(async (session) => {
    const leave = await enter(session, never);
    order.push(session);
    leave?.();
    // Twice gives back one place.
    leave?.();
  });
  await Promise.all(served);
  expect(order).toEqual(["greedy", "modest", "greedy", "modest", "greedy", "greedy"]);
});

test("who gives up waiting is passed over", async () => {
  const { enter } = createTurnstile({ concurrent: 1 });
  const leave = await enter("a", never);
  const patience = new AbortController();
  const given = enter("b", patience.signal);
  const other = enter("c", never);
  patience.abort();
  expect(await given).toBeNull();
  leave?.();
  expect(await other).not.toBeNull();
});

test("no more begin within a minute than there may", async () => {
  let nowMs = 0;
  const { enter } = createTurnstile({ requestsPerMinute: 2 }, () => nowMs);
  const first = await enter("a", never);
  const second = await enter("a", never);
  const patience = new AbortController();
  const third = enter("a", patience.signal);
  first?.();
  second?.();
  patience.abort();
  expect(await third).toBeNull();
  nowMs = 60_000;
  expect(await enter("a", never)).not.toBeNull();
});
