import { describe, expect, it } from "vitest";
import { createFrameReader, parseFrame } from "./frames.ts";

function read(chunks: (string | Buffer)[], limit?: number) {
  const seen: unknown[] = [];
  const reader = createFrameReader(
    {
      line: (line) => seen.push(["line", line.toString("utf8")]),
      frame: (frame) => seen.push(["frame", frame]),
      noise: (bytes) => seen.push(["noise", bytes]),
      tooLong: (head, bytes) => seen.push(["too long", head, bytes]),
    },
    limit,
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return seen;
}

describe("frames", () => {
  it("are whole, however they arrive", () => {
    const line = '{"text":"é [ \\" ] \\\\"}';
    const bytes = Buffer.from(`${line}\n`);
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    for (const chunks of [[bytes], single, [bytes.subarray(0, 10), bytes.subarray(10)]]) {
      expect(read(chunks)).toEqual([
        ["line", line],
        ["frame", JSON.parse(line)],
      ]);
    }
  });

  it("are told from noise, and an unfinished line is neither", () => {
    expect(read(['x\n{"a":1}\n\n \t\n[{}]\n{"b":'])).toEqual([
      ["line", "x"],
      ["noise", 1],
      ["line", '{"a":1}'],
      ["frame", { a: 1 }],
      ["line", "[{}]"],
      ["noise", 4],
    ]);
  });

  it("that are too long are told when they are over, and what follows is read", () => {
    expect(read(["abcdef", "ghij", "klm\n{}", "\n", "12345\n"], 8)).toEqual([
      ["too long", "abcdefghij", 13],
      ["line", "{}"],
      ["frame", {}],
      ["line", "12345"],
      ["noise", 5],
    ]);
  });

  it.each([
    ["{".repeat(200), false],
    [`{"a":${"[".repeat(127)}${"]".repeat(127)}}`, true],
    [`{"a":${"[".repeat(128)}${"]".repeat(128)}}`, false],
    [`{"a":"${"[".repeat(5_000)}"}`, true],
    [`{"a":"${'\\\\\\"['.repeat(500)}"}`, true],
    [`{"a":"${"\\\\".repeat(200)}","b":"[${"{".repeat(300)}"}`, true],
    [`{"unfinished":"${"[".repeat(300)}`, false],
  ])("are parsed only when they are not deep: %#", (line, parsed) => {
    expect(parseFrame(Buffer.from(line)) !== null).toBe(parsed);
  });
});
