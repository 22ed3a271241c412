import { HarnessError } from "@harness/core";
import { fakeClock } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { createStorage, isStorageFailure, nextWait } from "./storage.ts";

const full = () => new HarnessError("storage-full", "no space");

function storage() {
  const clock = fakeClock();
  const told: string[] = [];
  const ending = new AbortController();
  const onTrouble = () => void told.push("trouble");
  const onRecovered = () => void told.push("recovered");
  return { clock, told, ending, ...createStorage({ clock, signal: ending.signal, onTrouble, onRecovered }) };
}

describe("work on a failing disk", () => {
  it("is tried until it succeeds; trouble and recovery are told once", async () => {
    const { clock, told, persist } = storage();
    let failures = 3;
    const work = async () => {
      if (failures-- > 0) throw full();
      return "done";
    };
    const both = Promise.all([persist(work), persist(work)]);
    for (let step = 0; step < 20; step += 1) await clock.advance(1_000);
    expect(await both).toEqual(["done", "done"]);
    expect(told).toEqual(["trouble", "recovered"]);
  });

  it("is given up when the process ends", async () => {
    const { clock, ending, persist, told } = storage();
    const work = persist(() => Promise.reject(full()));
    await clock.advance(10);
    ending.abort();
    await expect(work).rejects.toThrow("no space");
    expect(told).toEqual(["trouble"]);
  });

  it("fails at once for any other reason", async () => {
    const { persist, told } = storage();
    await expect(persist(() => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    expect(told).toEqual([]);
  });

  it.each([
    [full(), true],
    [Object.assign(new Error("x"), { code: "EDQUOT" }), true],
    [Object.assign(new Error("x"), { code: "ENOENT" }), false],
    [new HarnessError("internal", "x", { cause: Object.assign(new Error("y"), { code: "EROFS" }) }), true],
    [undefined, false],
  ])("takes %s for a failure of the disk: %s", (error, is) => {
    expect(isStorageFailure(error)).toBe(is);
  });

  it("waits longer each time, up to five seconds", () => {
    const waits = [0, 0, 0, 0, 0, 0, 0].reduce<number[]>((list) => [...list, nextWait(list.at(-1) ?? 0)], []);
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });
});
