import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeClock, temporaryDirectory, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { keepHouse, type House } from "./keep-house.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

function setUp(directory: string, given: Partial<House> = {}) {
  const clock = fakeClock(Date.now() + 2 * DAY_MS);
  const count = { inbox: 0, outbox: 0 };
  const tidy = keepHouse({
    clock,
    directory,
    inbox: { prune: async () => (count.inbox += 1) },
    outbox: { prune: async () => (count.outbox += 1) },
    isBusy: () => false,
    mark: () => "the same",
    onTrouble: (error) => expect.fail(String(error)),
    onBroken: (error) => expect.fail(String(error)),
    ...given,
  });
  return { clock, count, tidy };
}

describe("keeping house", () => {
  it("removes what is old once the session is idle, then every six hours without any work between", async () => {
    await using directory = temporaryDirectory();
    const litter = join(directory.path, ".status.json.0123456789ab.tmp");
    writeFileSync(litter, "");
    const { clock, count, tidy } = setUp(directory.path);
    tidy();
    await clock.advance(10_000);
    tidy();
    await until(() => !existsSync(litter));
    expect(count).toEqual({ inbox: 1, outbox: 1 });
    await clock.advance(HOUR_MS);
    tidy();
    expect(count.inbox).toBe(1);
    await clock.advance(6 * HOUR_MS);
    tidy();
    await until(() => count.outbox === 2);
  });

  it("tells a failure of the disk once and goes on", async () => {
    await using directory = temporaryDirectory();
    const told: unknown[] = [];
    let tries = 0;
    const prune = async () => {
      tries += 1;
      throw Object.assign(new Error("read-only"), { code: "EROFS", errno: -30, syscall: "unlink" });
    };
    const { clock, tidy } = setUp(directory.path, { inbox: { prune }, onTrouble: (error) => told.push(error) });
    tidy();
    for (const round of [1, 2]) {
      await clock.advance(7 * HOUR_MS);
      tidy();
      await until(() => tries === round);
    }
    expect(told).toHaveLength(1);
  });
});
