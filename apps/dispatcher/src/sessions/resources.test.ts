import { expect, it } from "vitest";
import { resourceLimits } from "./resources.ts";

const GIB = 1024 ** 3;

it("gives a session half of the machine's memory unless told otherwise, and no limit for 0", () => {
  const usual = { processes: 4096, fileSize: 8 * GIB };
  expect(resourceLimits(usual, 16 * GIB)).toEqual({ processes: 4096, memoryBytes: 8 * GIB, fileBytes: 8 * GIB });
  expect(resourceLimits({ ...usual, memory: GIB }, 16 * GIB)).toMatchObject({ memoryBytes: GIB });
  expect(resourceLimits(usual, 1024)).toMatchObject({ memoryBytes: 256 * 1024 ** 2 });
  expect(resourceLimits({ processes: 0, memory: 0, fileSize: 0 }, 16 * GIB)).toEqual({});
});
