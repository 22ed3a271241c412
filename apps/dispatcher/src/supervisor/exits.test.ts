import type { ExitRecord, Status, Wanted } from "@harness/core";
import { describe, expect, test } from "vitest";
import { afterExit, classifyExit, isStatusOf, type ExitFacts } from "./exits.ts";

const AT = "2026-06-01T00:00:00.000Z";
const identity = { pid: 4711, bootId: "b", startTime: "1", lockFd: 20 };
const status = (more: Partial<Status>): Status => ({
  v: 1,
  session: "s",
  state: "open",
  agent: "running",
  process: identity,
  turn: null,
  turns: 0,
  waiting: [],
  startedAt: AT,
  updatedAt: AT,
  ...more,
});
const child = { code: null, signal: null, adopted: false, ended: null, oom: false, status: null, startFailure: null };
const adopted = { ...child, adopted: true };

describe("how an agent process ended", () => {
  test.each<[string, Partial<ExitFacts>, ExitRecord["class"]]>([
    ["exit code 0", { ...child, code: 0 }, "done"],
    ["exit code 1", { ...child, code: 1 }, "failed"],
    ["a signal of somebody else", { ...child, signal: "SIGKILL" }, "signaled"],
    ["a signal of ours", { ...child, signal: "SIGKILL", ended: "kill" }, "killed-by-us"],
    ["out of memory", { ...child, signal: "SIGKILL", oom: true }, "oom"],
    [
      "out of memory does not explain our own kill",
      { ...child, signal: "SIGKILL", ended: "kill", oom: true },
      "killed-by-us",
    ],
    ["no proof of life", { ...child, code: 0, ended: "hung" }, "killed-by-us"],
    ["it never became ready", { ...child, code: 0, startFailure: "late" }, "failed"],
    ["its start was given up", { ...child, signal: "SIGKILL", startFailure: "", ended: "stop" }, "killed-by-us"],
    ["adopted, it had parked", { ...adopted, status: status({ agent: "parked" }) }, "done"],
    ["adopted, it had closed the session", { ...adopted, status: status({ state: "closed" }) }, "done"],
    ["adopted, it says that it failed", { ...adopted, status: status({ agent: "failed", reason: "disk" }) }, "failed"],
    ["adopted, it vanished", { ...adopted, status: status({ agent: "running" }) }, "unknown"],
    ["adopted, nothing is known", { ...adopted }, "unknown"],
    ["adopted and killed by us", { ...adopted, ended: "kill" }, "killed-by-us"],
  ])("%s", (_name, facts, expected) => {
    expect(classifyExit({ ...child, ...facts }, AT)).toMatchObject({ class: expected, at: AT });
  });

  test("a status tells only of the process that wrote it", () => {
    expect(isStatusOf(status({}), identity)).toBe(true);
    expect(isStatusOf(status({}), { ...identity, startTime: "2" })).toBe(false);
    expect(isStatusOf(status({}), { ...identity, bootId: "other" })).toBe(false);
    expect(isStatusOf(null, identity)).toBe(false);
  });
});

describe("what follows", () => {
  const wanted: Wanted = {
    v: 1,
    session: "s",
    wanted: "run",
    generation: 3,
    restarts: [],
    process: identity,
    updatedAt: AT,
  };
  const exit = (kind: ExitRecord["class"]): ExitRecord => ({
    at: AT,
    class: kind,
    code: null,
    signal: null,
    cause: "because",
  });
  const facts = {
    wanted,
    status: null,
    deliberate: false,
    rests: false,
    askedToPark: false,
    nowMs: Date.parse(AT),
    random: 0.5,
    firstMs: 1000,
  };

  test("a failure is followed by a start after a delay", () => {
    const next = afterExit({ ...facts, exit: exit("signaled") });
    expect(next).toMatchObject({ wanted: "run", restarts: [AT], backoffUntil: "2026-06-01T00:00:01.000Z" });
    expect(next).not.toHaveProperty("process");
  });
  test("a loop of failures is given up with the last cause", () => {
    const restarts = Array.from({ length: 5 }, () => AT);
    expect(afterExit({ ...facts, wanted: { ...wanted, restarts }, exit: exit("failed") }).failed).toContain("because");
  });
  test("an unknown end is no success", () => {
    expect(afterExit({ ...facts, exit: exit("unknown") })).toMatchObject({ wanted: "run", restarts: [AT] });
  });
  test("one that parked itself stays parked", () => {
    const next = afterExit({ ...facts, exit: exit("done"), status: status({ agent: "parked" }) });
    expect(next).toMatchObject({ wanted: "parked", restarts: [] });
  });
  test("one that was resumed while it parked itself is started again at once", () => {
    const parked = { ...facts, exit: exit("done"), status: status({ agent: "parked" }), askedToPark: true };
    const next = afterExit(parked);
    expect(next).toMatchObject({ wanted: "run", restarts: [] });
    expect(next).not.toHaveProperty("backoffUntil");
    expect(afterExit({ ...parked, wanted: { ...wanted, wanted: "parked" } })).toMatchObject({ wanted: "parked" });
  });
  test("one that was wanted parked and crashed at work is started again", () => {
    const parked = { ...wanted, wanted: "parked" as const };
    expect(afterExit({ ...facts, wanted: parked, exit: exit("signaled") })).toMatchObject({ wanted: "run" });
    expect(afterExit({ ...facts, wanted: parked, exit: exit("signaled"), rests: true })).toMatchObject({
      wanted: "parked",
    });
  });
  test("a stopped one stays stopped, however it ended", () => {
    const stopped = { ...wanted, wanted: "stopped" as const };
    expect(afterExit({ ...facts, wanted: stopped, exit: exit("signaled") })).toMatchObject({
      wanted: "stopped",
      restarts: [],
    });
  });
  test("what was ended on purpose is no failure", () => {
    const next = afterExit({ ...facts, exit: exit("killed-by-us"), deliberate: true });
    expect(next).toMatchObject({ wanted: "run", restarts: [] });
    expect(next).not.toHaveProperty("backoffUntil");
  });
  test("a closed session is closed", () => {
    const next = afterExit({ ...facts, exit: exit("done"), status: status({ state: "closed" }) });
    expect(next).toMatchObject({ wanted: "closed" });
  });
  test("started by hand and ended by hand, it waits for the next message", () => {
    const foreign = { ...wanted, generation: 0 };
    expect(afterExit({ ...facts, wanted: foreign, exit: exit("done") })).toMatchObject({ wanted: "parked" });
    expect(afterExit({ ...facts, exit: exit("done") })).toMatchObject({ wanted: "run", restarts: [AT] });
  });
});
