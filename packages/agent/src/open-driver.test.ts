import { lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionPaths } from "@harness/core";
import { fakeClock, temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { AgentContext } from "./agent-context.ts";
import { holdDriver, REST_MS } from "./open-driver.ts";

function setUp(directory: string) {
  const clock = fakeClock();
  const seen = { stops: 0, rested: 0 };
  const gate = { stop: Promise.resolve() };
  const context = {
    clock,
    session: "s",
    paths: sessionPaths(directory),
    choice: { driver: "scripted" },
    model: null,
    outlet: { hold: async () => () => {} },
    push: null,
    memory: { current: () => ({ v: 1, resume: "token" }), keepResume() {}, save: async () => {} },
    storage: { persist: (work: () => Promise<unknown>) => work() },
    processes: {
      environment: {},
      stop: async () => {
        seen.stops += 1;
        await gate.stop;
      },
    },
  } as unknown as AgentContext;
  const driver = holdDriver(context, {
    ask: async () => ({ outcome: "aborted" }),
    onRested: () => (seen.rested += 1),
    onBroken: (error) => expect.fail(String(error)),
  });
  return { clock, seen, gate, driver };
}

describe("a session's driver", () => {
  it("is closed when no turn has needed it for a while, and opened again by the next", async () => {
    await using directory = temporaryDirectory();
    const { clock, seen, driver } = setUp(directory.path);
    const first = await driver.open();
    driver.rest();
    await clock.advance(REST_MS - 1);
    expect(await driver.open()).toBe(first);
    // A turn runs: the time that passes is none of its rest.
    await clock.advance(REST_MS * 2);
    expect(seen).toEqual({ stops: 0, rested: 0 });
    driver.rest();
    driver.rest();
    await clock.advance(REST_MS);
    expect(seen).toEqual({ stops: 1, rested: 1 });
    expect(await driver.open()).not.toBe(first);
    await driver.close();
    expect(clock.sleepers).toBe(0);
  });

  it("is not opened while it is being closed", async () => {
    await using directory = temporaryDirectory();
    const { clock, seen, gate, driver } = setUp(directory.path);
    const stopped = Promise.withResolvers<void>();
    gate.stop = stopped.promise;
    await driver.open();
    driver.rest();
    await clock.advance(REST_MS);
    let opened = false;
    const opening = driver.open().then(() => (opened = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect({ opened, ...seen }).toEqual({ opened: false, stops: 1, rested: 0 });
    stopped.resolve();
    await opening;
    // It is in use again: its memory is not to be taken back.
    await driver.close();
  });

  it("that failed to close is told of once", async () => {
    await using directory = temporaryDirectory();
    const { gate, driver } = setUp(directory.path);
    await driver.open();
    gate.stop = Promise.reject(new Error("A pipe broke."));
    await expect(driver.close()).rejects.toThrow("A pipe broke.");
    await driver.close();
  });

  it("rests although no turn ever opened it", async () => {
    await using directory = temporaryDirectory();
    const { clock, seen, driver } = setUp(directory.path);
    driver.rest();
    await clock.advance(REST_MS);
    expect(seen).toEqual({ stops: 0, rested: 0 });
  });

  it("makes its places in the home itself, whatever the coding agent put in their way", async () => {
    await using directory = temporaryDirectory();
    await using elsewhere = temporaryDirectory();
    const { home } = sessionPaths(directory.path);
    mkdirSync(home);
    symlinkSync(elsewhere.path, join(home, ".local"));
    symlinkSync(join(elsewhere.path, "nowhere"), join(home, "tmp"));
    symlinkSync(elsewhere.path, join(home, "work"));
    writeFileSync(join(home, ".cache"), "a file");
    const { driver } = setUp(directory.path);
    await driver.open();
    expect(readdirSync(elsewhere.path)).toEqual([]);
    for (const name of [".local/share", "tmp", "work", ".cache"])
      expect(lstatSync(join(home, name)).isDirectory()).toBe(true);
    await driver.close();
  });
});
