import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { findGroupPlace, type Task } from "./other-kernel.ts";
import type { Seen } from "./programs/limits-in-group.ts";

const PROGRAM = join(import.meta.dirname, "programs/limits-in-group.ts");
const LIMITS = { processes: 60, memoryBytes: 96 * 1024 ** 2 };
const place = findGroupPlace();

describe.runIf(place !== null)(`where control groups can be made (${place?.name})`, () => {
  let held: Seen;
  let alone: Seen;

  // All in one go: there may be a kernel to start first.
  beforeAll(async () => {
    await using directory = temporaryDirectory();
    const at = (name: string) => join(directory.path, name);
    mkdirSync(at("sessions"));
    const task = (group: Task["group"], sandbox: string): Task => ({
      command: [process.execPath, PROGRAM, at("sessions"), at(group), sandbox],
      group,
    });
    expect(place?.run(directory.path, [task("left", "bubblewrap"), task("root", "none")])).toBeNull();
    [held, alone] = ["left", "root"].map((name) => JSON.parse(readFileSync(at(name), "utf8")) as Seen) as [Seen, Seen];
  }, 300_000);

  it("a session to which one was left says that its limits are those of all of it", () => {
    expect(held.limits).toEqual({ ...LIMITS, memoryOf: "session" });
  });

  it("a fork bomb is counted as far as it may go, and refused the rest", () => {
    expect(held.counted).toBeGreaterThan(LIMITS.processes / 2);
    expect(held.counted).toBeLessThanOrEqual(LIMITS.processes);
    expect(held.refused).toBeGreaterThan(0);
  });

  it("what takes all the memory is ended, and its turn is told why", () => {
    expect(held.hog).toMatch(/^failed: .*SIGKILL.*: the session's memory was at its limit/);
  });

  it("many that take a part of it each, far below what one may have, are ended too", () => {
    expect(held.ended).toBeGreaterThan(0);
  });

  it("the session goes on, and leaves no group behind", () => {
    expect(held.afterwards).toMatch(/^end_turn/);
    expect(held.left).toEqual([]);
  });

  it("a session to which none was left says that each process is counted for itself", () => {
    expect(alone.limits).toMatchObject({ memoryOf: "process" });
  });
});
