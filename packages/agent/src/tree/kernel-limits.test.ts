import { LIMIT_NAMES } from "@harness/sandbox";
import { expect, it } from "vitest";
import { heldLimits, kernelLimits, type Holding } from "./kernel-limits.ts";

const GIB = 1024 ** 3;
const limits = { processes: 100, memoryBytes: GIB, fileBytes: 10 };

it("asks the kernel for what is wanted, with room for what V8 sets aside for each processor", () => {
  expect(kernelLimits()).toEqual({});
  expect(kernelLimits({ fileBytes: 10 }, { processors: 4 })).toEqual({ openFiles: 16_384, fileBytes: 10 });
  expect(kernelLimits(limits, { processors: 6 })).toMatchObject({
    processes: 100,
    fileBytes: 10,
    dataBytes: 5.5 * GIB,
  });
});

it("holds no process to a size of its own where a control group counts the memory of all", () => {
  expect(kernelLimits(limits, { hasGroup: true })).toEqual({ openFiles: 16_384, processes: 100, fileBytes: 10 });
  expect(kernelLimits({ memoryBytes: GIB }, { hasGroup: true })).toEqual({ openFiles: 16_384 });
});

it.each<[string, Partial<Holding>, string[], string]>([
  ["a person", {}, ["processes", "memoryBytes", "fileBytes"], "process"],
  [
    "root, where namespaces are bounded",
    { isRoot: true, boundsNamespace: true },
    ["processes", "memoryBytes", "fileBytes"],
    "process",
  ],
  ["root, where they are not", { isRoot: true }, ["memoryBytes", "fileBytes"], "process"],
  ["a control group", { isRoot: true, hasGroup: true }, ["processes", "memoryBytes", "fileBytes"], "session"],
  ["no prlimit", { sets: [] }, [], "process"],
  ["what limits the size of files alone", { sets: ["fileBytes"] }, ["fileBytes"], "process"],
  ["a control group and no prlimit", { sets: [], hasGroup: true }, ["processes", "memoryBytes"], "session"],
])("says what holds for %s", (_, here, names, memoryOf) => {
  const usual = { limits, isRoot: false, boundsNamespace: false, sets: LIMIT_NAMES, hasGroup: false };
  const held = heldLimits({ ...usual, ...here });
  expect(Object.keys(held ?? {})).toEqual([...names, "memoryOf"]);
  expect(held?.memoryOf).toBe(memoryOf);
  expect(held?.memoryBytes === GIB).toBe(memoryOf === "session");
});

it("says nothing where nothing is wanted", () => {
  const here = { isRoot: false, boundsNamespace: false, sets: LIMIT_NAMES, hasGroup: false };
  expect(heldLimits({ limits: undefined, ...here })).toBeUndefined();
});
