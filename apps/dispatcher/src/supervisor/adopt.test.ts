import type { Status, Wanted } from "@harness/core";
import { expect, test } from "vitest";
import { adoptSession } from "./adopt.ts";

const AT = "2026-06-01T00:00:00.000Z";
const process = { pid: 4711, bootId: "b", startTime: "1", lockFd: 20, nonce: "n" };
const fresh: Wanted = { v: 1, session: "s", wanted: "run", generation: 0, restarts: [], updatedAt: AT };
const remembered: Wanted = { ...fresh, generation: 2, nonce: "n" };
const status: Status = {
  v: 1,
  session: "s",
  state: "open",
  agent: "running",
  process,
  turn: null,
  turns: 0,
  waiting: [],
  startedAt: AT,
  updatedAt: AT,
};
const running: Status = { ...status, turn: { id: "t", message: "m", attempt: 1, state: "running", startedAt: AT } };
const facts = { remembered: null, fresh, status: null, process: null, hasWork: false };

test("a stranger that lives is taken over as it is", () => {
  expect(adoptSession({ ...facts, status, process })).toEqual({ wanted: { ...fresh, process }, ended: null });
});
test("a stranger without a process is not started", () => {
  expect(adoptSession(facts).wanted.wanted).toBe("parked");
});
test("a closed stranger is closed", () => {
  expect(adoptSession({ ...facts, status: { ...status, state: "closed" } }).wanted.wanted).toBe("closed");
});
test("what lives is left alone, and its waiting is over", () => {
  const { wanted, ended } = adoptSession({ ...facts, remembered: { ...remembered, queued: true }, status, process });
  expect(wanted).toEqual({ ...remembered, process });
  expect(ended).toBeNull();
});
test("one that was started by hand meanwhile is left to be accepted", () => {
  const stopped: Wanted = { ...remembered, wanted: "stopped", nonce: "older" };
  expect(adoptSession({ ...facts, remembered: stopped, status, process }).wanted).toEqual(stopped);
  const other: Wanted = { ...remembered, process: { ...process, pid: 1 } };
  expect(adoptSession({ ...facts, remembered: other, status, process }).wanted).toEqual(other);
});
test("one that was about to be stopped is still known, so that it will be", () => {
  const stopped: Wanted = { ...remembered, wanted: "stopped", process };
  expect(adoptSession({ ...facts, remembered: stopped, status, process }).wanted).toEqual(stopped);
});
test("an intent without a process is left to be started", () => {
  expect(adoptSession({ ...facts, remembered })).toEqual({ wanted: remembered, ended: null });
});
test("a process of which only the intent is known is found by its nonce, and its end is still to be recorded", () => {
  expect(adoptSession({ ...facts, remembered, status: running })).toEqual({ wanted: remembered, ended: process });
  const other = { ...running, process: { ...process, nonce: "other" } };
  expect(adoptSession({ ...facts, remembered, status: other }).ended).toBeNull();
});
test("after a restart of the machine what has nothing to do stays down until a message comes", () => {
  expect(adoptSession({ ...facts, remembered, status }).wanted.wanted).toBe("parked");
  expect(adoptSession({ ...facts, remembered, status, hasWork: true }).wanted.wanted).toBe("run");
  expect(adoptSession({ ...facts, remembered, status: running }).wanted.wanted).toBe("run");
});
test("a stopped session stays stopped", () => {
  const stopped: Wanted = { ...remembered, wanted: "stopped" };
  expect(adoptSession({ ...facts, remembered: stopped, status: running }).wanted.wanted).toBe("stopped");
});
test("a session that was closed meanwhile is closed", () => {
  expect(adoptSession({ ...facts, remembered, status: { ...status, state: "closed" } }).wanted.wanted).toBe("closed");
});
