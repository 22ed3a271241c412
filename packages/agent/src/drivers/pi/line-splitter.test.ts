import { expect, it } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

const bytes = (text: string) => Buffer.from(text);

it("cuts at LF alone, wherever the chunks end", () => {
  const split = createLineSplitter(100);
  const text = Buffer.from('{"a":"\u2028é"}\r\n{"b":1}\n{"c"');
  const lines = [...text].flatMap((byte) => split(Buffer.from([byte])).lines);
  expect(lines).toEqual(['{"a":"\u2028é"}', '{"b":1}']);
  expect(split(bytes(":2}\n\n")).lines).toEqual(['{"c":2}', ""]);
});

it.each([1, 7, 64])("skips a line that is too long, %d bytes at a time, and goes on after it", (size) => {
  const split = createLineSplitter(20);
  const text = bytes(`first\n${"x".repeat(100)}\nlast\n`);
  const seen = { lines: [] as string[], dropped: 0 };
  for (let start = 0; start < text.length; start += size) {
    const { lines, dropped } = split(text.subarray(start, start + size));
    seen.lines.push(...lines);
    seen.dropped += dropped;
  }
  expect(seen).toEqual({ lines: ["first", "last"], dropped: 100 });
});

it("holds no line without an end", () => {
  const split = createLineSplitter(1024);
  const before = process.memoryUsage().rss;
  for (let n = 0; n < 200; n += 1) expect(split(Buffer.alloc(1024 * 1024, "x")).lines).toEqual([]);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  expect(split(bytes("\n")).dropped).toBe(200 * 1024 * 1024);
});
