import { expect, it } from "vitest";
import { createTextStream } from "./text-stream.ts";

it("tells lines while they are written, and the rest at the end", () => {
  const stream = createTextStream();
  expect(["one", " line\nand", " more"].map((text) => stream.add(0, text))).toEqual(["", "one line\n", ""]);
  expect(stream.end(["one line\nand more"])).toBe("and more");
});

it("separates messages and blocks by an empty line", () => {
  const stream = createTextStream();
  stream.add(0, "first");
  expect(stream.end(["first", "block"])).toBe("first\n\nblock");
  expect(stream.end(["second\n"])).toBe("\n\nsecond\n");
  expect(stream.add(0, "third\n")).toBe("\nthird\n");
});

it("takes no notice of an empty block", () => {
  const stream = createTextStream();
  stream.add(0, "all");
  expect(stream.add(1, "")).toBe("");
  expect(stream.end(["all", ""])).toBe("all");
});

it("keeps to what the ended message says", () => {
  const stream = createTextStream();
  expect(stream.add(0, "a guess\n")).toBe("a guess\n");
  expect(stream.end(["the truth"])).toBe("\n\nthe truth");
  stream.add(0, "never said");
  expect(stream.end(["said"])).toBe("\n\nsaid");
});

it("tells what was written of a message that was lost", () => {
  const stream = createTextStream();
  stream.add(0, "half of");
  expect(stream.end([])).toBe("half of");
  expect(stream.end([])).toBe("");
});

it("does not wait for a line that never ends", () => {
  const stream = createTextStream();
  expect(stream.add(0, "x".repeat(2_000))).toHaveLength(2_000);
});

it("holds a bounded part of a message that never ends", () => {
  const stream = createTextStream();
  let told = 0;
  for (let n = 0; n < 10; n += 1) told += stream.add(0, "x".repeat(1024 * 1024)).length;
  expect(told).toBe(5 * 1024 * 1024);
});
