import { fakeClock } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { StatusChange } from "./status.ts";
import { recordTurn } from "./turn-progress.ts";

test("the newest line tells a tool call as a person reads it, and the log keeps it as it was", () => {
  const changes: StatusChange[] = [];
  const events: object[] = [];
  const turn = recordTurn({
    clock: fakeClock(),
    turn: "t",
    change: (change) => changes.push(change),
    record: (event) => events.push(event),
  });
  turn.take({ type: "tool.called", call: "c", tool: "read", text: '{"path":"src/checkout.js"}' });
  expect(changes).toEqual([{ type: "line.written", text: "read src/checkout.js" }]);
  expect(events).toMatchObject([{ type: "tool.called", text: '{"path":"src/checkout.js"}' }]);
});
