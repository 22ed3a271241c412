import { expect, test } from "vitest";
import { meterUsage } from "./meter-usage.ts";

const stream = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

test.each([
  [
    "anthropic, which counts up",
    "text/event-stream",
    stream(
      {
        type: "message_start",
        message: { usage: { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 1 } },
      },
      { type: "content_block_delta", delta: { text: 'says "usage": {"output_tokens": 9999}' } },
      { type: "message_delta", usage: { output_tokens: 42 } },
    ),
    { input: 100, output: 42 },
  ],
  [
    "chat completions",
    "text/event-stream; charset=utf-8",
    `${stream({ choices: [], usage: null }, { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } })}data: [DONE]\n\n`,
    { input: 7, output: 3 },
  ],
  [
    "responses",
    "text/event-stream",
    stream({ type: "response.completed", response: { usage: { input_tokens: 5, output_tokens: 6 } } }),
    { input: 5, output: 6 },
  ],
  [
    "gemini's list in one piece",
    "application/json",
    JSON.stringify([
      { usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 } },
      { usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 8, thoughtsTokenCount: 2 } },
    ]),
    { input: 4, output: 10 },
  ],
  [
    "numbers that are none",
    "application/json",
    '{"usage":{"input_tokens":-5,"output_tokens":1e300}}',
    { input: 0, output: 0 },
  ],
  ["an answer that says nothing", "application/json", '{"id":"x"}', null],
  ["a fields of a tool call", "text/event-stream", stream({ input: { usage: { output_tokens: 1e6 } } }), null],
])("%s", (_wire, contentType, text, tokens) => {
  for (const size of [1, 7, text.length]) {
    const meter = meterUsage(contentType);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) meter.read(bytes.subarray(at, at + size));
    meter.end();
    expect(meter.tokens()).toEqual(tokens);
  }
});

const long = "word ".repeat(80);

test.each([
  [
    "anthropic",
    stream(
      { type: "message_start", message: { usage: { input_tokens: 10, output_tokens: 1 } } },
      { type: "content_block_delta", delta: { type: "thinking_delta", thinking: long } },
      { type: "content_block_delta", delta: { type: "text_delta", text: long } },
      { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: long } },
    ),
    300,
  ],
  [
    "chat completions",
    stream(
      { choices: [{ delta: { role: "assistant", content: "" } }] },
      { choices: [{ delta: { reasoning_content: long } }] },
      { choices: [{ delta: { content: long } }] },
      { choices: [{ delta: { tool_calls: [{ function: { arguments: long } }] } }] },
    ),
    300,
  ],
  [
    "responses, which repeats itself",
    stream(
      { type: "response.created", response: { instructions: long, text: long } },
      { type: "response.output_text.delta", delta: long },
      { type: "response.output_text.done", text: long },
      { type: "response.content_part.done", part: { text: long } },
    ),
    100,
  ],
  ["a text that says it is a repetition", stream({ delta: { text: `"type":"response.x" ${long}` } }), 106],
  ["gemini", stream({ candidates: [{ content: { parts: [{ text: long }] } }] }), 100],
])("what was written is estimated before its end: %s", (_wire, text, tokens) => {
  const meter = meterUsage("text/event-stream");
  meter.read(Buffer.from(text));
  expect(meter.written()).toBe(tokens);
});

test("of a stream that says nothing known all of it is counted, and of an answer in one piece", () => {
  for (const type of ["text/event-stream", "application/json"]) {
    const meter = meterUsage(type);
    meter.read(Buffer.from("x".repeat(4000)));
    expect(meter.written()).toBe(1000);
  }
});
