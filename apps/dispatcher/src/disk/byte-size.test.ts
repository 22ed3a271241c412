import { expect, test } from "vitest";
import { parseByteSize } from "./byte-size.ts";

test.each([
  ["10GB", 10_000_000_000],
  ["1.5 gib", 1.5 * 1024 ** 3],
  ["500 MiB", 500 * 1024 ** 2],
  ["12B", 12],
  ["0GB", null],
  ["10", null],
  ["GB", null],
  ["1e3MB", null],
  ["99999999999TB", null],
  ["1constructor", null],
])("%j is %j", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});
