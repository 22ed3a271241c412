import { fakeClock } from "@harness/core/testing";
import { expect, it } from "vitest";
import type { StatusChange } from "../status.ts";
import type { CallEnd } from "./call.ts";
import { noteRateLimits } from "./rate-limit.ts";

function limits(until?: string) {
  const clock = fakeClock(Date.UTC(2026, 0, 1));
  const changes: (string | undefined)[] = [];
  const note = noteRateLimits({ clock, until }, (change: StatusChange) => {
    if (change.type === "limit.changed") changes.push(change.until);
  });
  const call = (part: Partial<CallEnd>) =>
    note({ type: "end", call: 1, status: 200, outcome: "ok", durationMs: 1, firstByteMs: 1, bytes: 1, ...part });
  return { clock, changes, call };
}
const LIMITED = { status: 429, outcome: "refused" as const };

it("a limit lasts until a call goes well, and is not taken away twice", async () => {
  const { clock, changes, call } = limits();
  call({ ...LIMITED, retryAfterMs: 10_000 });
  call({ status: 500, outcome: "refused" });
  expect(changes).toEqual(["2026-01-01T00:00:10.000Z"]);
  call({});
  call({});
  await clock.advance(20_000);
  expect(changes).toEqual(["2026-01-01T00:00:10.000Z", undefined]);
});

it("a limit ends with its time, a minute where the endpoint does not say", async () => {
  const { clock, changes, call } = limits();
  call(LIMITED);
  await clock.advance(59_000);
  call({ status: 200, inStreamError: 429, outcome: "refused", retryAfterMs: 5_000 });
  await clock.advance(4_000);
  expect(changes).toEqual(["2026-01-01T00:01:00.000Z", "2026-01-01T00:01:04.000Z"]);
  await clock.advance(1_000);
  expect(changes.at(-1)).toBeUndefined();
  expect(changes).toHaveLength(3);
});

it("a limit of an earlier process ends with the first good call, or with its time", async () => {
  const met = limits("2026-01-01T05:00:00.000Z");
  met.call({});
  expect(met.changes).toEqual([undefined]);
  const waited = limits("2026-01-01T00:00:10.000Z");
  await waited.clock.advance(9_000);
  expect(waited.changes).toEqual([]);
  await waited.clock.advance(1_000);
  expect(waited.changes).toEqual([undefined]);
});
