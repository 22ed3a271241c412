import { describe, expect, it } from "vitest";
import { scanEvents, scanWhole } from "./scan-stream.ts";

/** The same answer in one piece, and byte by byte. */
function scanned(make: typeof scanEvents, text: string) {
  const bytes = Buffer.from(text);
  const sizes = [bytes.length, 1, 7];
  const results = sizes.map((size) => {
    const scanner = make();
    for (let start = 0; start < bytes.length; start += size) scanner.read(bytes.subarray(start, start + size));
    return { soon: scanner.error(), end: scanner.end(), whole: scanner.isWhole() };
  });
  for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  return results[0];
}

describe("a failure in a stream", () => {
  it.each<[string, string, { status: number; text: string; retryAfterMs?: number }]>([
    [
      "anthropic",
      'event: message_start\ndata: {"type":"message_start"}\n\nevent: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      { status: 529, text: "Overloaded" },
    ],
    [
      "openai-chat",
      'data: {"id":"c","error":{"message":"Slow down","type":"requests","code":"rate_limit_exceeded"},"choices":[]}\n\n',
      { status: 429, text: "Slow down" },
    ],
    [
      "openai-responses, failed",
      'event: response.failed\r\ndata: {"type":"response.failed","response":{"error":{"code":"server_error","message":"Sorry"}}}\r\n\r\n',
      { status: 500, text: "Sorry" },
    ],
    [
      "openai-responses, error",
      'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"Slow down"}\n\n',
      { status: 429, text: "Slow down" },
    ],
    [
      "gemini",
      'data: {"error":{"code":503,"message":"Busy","status":"UNAVAILABLE","details":[{"@type":"x","retryDelay":"17s"}]}}\n\n',
      { status: 503, text: "Busy", retryAfterMs: 17_000 },
    ],
    ["gemini, bare", '{"error":{"code":500,"message":"Busy"}}\n', { status: 500, text: "Busy" }],
  ])("of %s is seen at once", (_wire, text, error) => {
    expect(scanned(scanEvents, text)).toMatchObject({ soon: error, end: error });
  });

  it("printed over many lines is seen at its end", () => {
    const text = 'data: {"candidates":[]}\n\n{\n  "error": {\n    "code": 503,\n    "message": "Busy"\n  }\n}\n';
    expect(scanned(scanEvents, text)).toMatchObject({ end: { status: 503, text: "Busy" } });
  });

  it("is none in what a model says, calls or leaves empty", () => {
    const said = JSON.stringify({ type: "error", error: { message: "no" } });
    const lines = [
      { type: "content_block_delta", delta: { type: "text_delta", text: said } },
      { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: said } },
      { candidates: [{ content: { parts: [{ functionCall: { args: { error: { code: 500, message: "no" } } } }] } }] },
      { type: "response.created", response: { error: null, status: "in_progress" } },
      { choices: [], error: null },
    ];
    const text = lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join("");
    expect(scanned(scanEvents, text)).toMatchObject({ soon: null, end: null });
  });

  it("after a line of any length is seen, the line itself held nowhere", () => {
    const scanner = scanEvents();
    const before = process.memoryUsage().arrayBuffers;
    scanner.read(Buffer.from("data: "));
    const piece = Buffer.alloc(1024 * 1024, '"error"');
    for (let n = 0; n < 200; n += 1) scanner.read(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    scanner.read(Buffer.from('\n\ndata: {"error":{"code":500,"message":"late"}}\n\n'));
    expect(scanner.error()).toMatchObject({ text: "late" });
  });
});

describe("a failure in one piece", () => {
  it("is seen at its end, in an object and as the last of a list", () => {
    expect(
      scanned(scanWhole, '{"id":"r","status":"failed","error":{"code":"server_error","message":"Sorry"}}'),
    ).toMatchObject({
      soon: null,
      end: { status: 500, text: "Sorry" },
    });
    expect(scanned(scanWhole, '[{"candidates":[]}\n,\n{"error":{"code":429,"message":"Slow"}}]')).toMatchObject({
      end: { status: 429, text: "Slow" },
    });
    expect(scanned(scanWhole, '{"error":null,"output":[]}')).toMatchObject({ end: null, whole: true });
  });
});

describe("an answer's own last word", () => {
  it.each([
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    "data: [DONE]\n\n",
    'data: {"choices":[{"finish_reason":"stop"}]}\n\n',
    'data: {"type":"response.completed"}\n\n',
    'data: {"candidates":[{"finishReason":"STOP"}]}\n\n',
  ])("is known: %j", (text) => {
    expect(scanned(scanEvents, `data: {}\n\n${text}`)?.whole).toBe(true);
  });

  it("is missing where a stream is cut", () => {
    expect(scanned(scanEvents, 'data: {"choices":[{"finish_reason":null}]}\n\n')?.whole).toBe(false);
    expect(scanned(scanWhole, '{"candidates":[')?.whole).toBe(false);
  });
});
