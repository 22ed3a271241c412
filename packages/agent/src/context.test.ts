import { HarnessError, systemClock, type Context } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { createWorkingMemory } from "./context.ts";
import { createStorage } from "./storage.ts";

describe("working memory", () => {
  it("never overwrites a newer edit with one that waited for the disk", async () => {
    const written: Context[] = [];
    let full = true;
    const write = async (context: Context) => {
      if (full) throw new HarnessError("storage-full", "No space.");
      written.push(context);
    };
    const memory = createWorkingMemory({ initial: { v: 1, plan: [] }, write });
    let troubles = 0;
    const storage = createStorage({
      clock: systemClock,
      signal: new AbortController().signal,
      onTrouble: () => (troubles += 1),
      onRecovered() {},
    });
    expect(memory.edit({ goal: "older" })).toEqual(["goal"]);
    const older = storage.persist(memory.save);
    await until(() => troubles > 0);
    full = false;
    memory.edit({ goal: "newer" });
    await storage.persist(memory.save);
    await older;
    expect(written).toEqual([{ v: 1, plan: [], goal: "newer" }]);
  });

  it("writes a conversation's token at the next try when the disk did not take it", async () => {
    const written: Context[] = [];
    let full = true;
    const write = async (context: Context) => {
      if (full) throw new Error("full");
      written.push(context);
    };
    const memory = createWorkingMemory({ initial: { v: 1, plan: [] }, write });
    memory.keepResume("token");
    await expect(memory.save()).rejects.toThrow("full");
    full = false;
    memory.keepResume("token");
    await memory.save();
    expect(written).toMatchObject([{ resume: "token" }]);
  });
});
