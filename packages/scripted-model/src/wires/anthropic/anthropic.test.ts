import { expect, test } from "vitest";
import { ask, bash } from "../../../test/clients.ts";
import { readEvents } from "../../../test/event-stream.ts";
import { runModel } from "../../../test/running-model.ts";

const script = { scenarios: [{ name: "list", replies: [[{ text: "Let me look." }, { run: "ls" }]] }] };
const question = { lines: [{ user: "What is here?" }], tools: [bash] };
const usage = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

test("a stream is text and tool use in blocks, between message_start and message_stop", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "anthropic" }, { ...question, stream: true });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const events = readEvents(await response.text());
  const inputTokens = requests[0]?.usage?.inputTokens;
  const id = expect.stringMatching(/^msg_[0-9a-f]{24}$/);
  const toolId = expect.stringMatching(/^toolu_[0-9a-f]{24}1$/);
  const frames = [
    {
      type: "message_start",
      message: {
        id,
        type: "message",
        role: "assistant",
        model: "test-model",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, input_tokens: inputTokens, output_tokens: 1 },
      },
    },
    { type: "ping" },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Let " } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "me " } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "look." } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: toolId, name: "bash", input: {} } },
    { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"comman' } },
    { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: 'd":"ls"}' } },
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 13 } },
    { type: "message_stop" },
  ];
  expect(events).toEqual(frames.map((data) => ({ event: data.type, data })));
});

test("a whole reply carries the same content", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "anthropic" }, question);
  expect(await response.json()).toEqual({
    id: expect.stringMatching(/^msg_[0-9a-f]{24}$/),
    type: "message",
    role: "assistant",
    model: "test-model",
    content: [
      { type: "text", text: "Let me look." },
      { type: "tool_use", id: expect.stringMatching(/^toolu_/), name: "bash", input: { command: "ls" } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { ...usage, input_tokens: requests[0]?.usage?.inputTokens, output_tokens: 13 },
  });
});

test("a failure in the middle of a stream is an error event, and the last one", async () => {
  const { url } = await runModel({
    script: { scenarios: [{ name: "x", replies: [[{ text: "Well" }, { error: 529, message: "Too much." }]] }] },
  });
  const response = await ask({ url, wire: "anthropic" }, { ...question, stream: true });
  expect(response.status).toBe(200);
  expect(readEvents(await response.text()).at(-1)).toEqual({
    event: "error",
    data: { type: "error", error: { type: "overloaded_error", message: "Too much." } },
  });
});
