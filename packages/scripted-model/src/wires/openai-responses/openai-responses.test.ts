import { expect, test } from "vitest";
import { ask, bash } from "../../../test/clients.ts";
import { readEvents } from "../../../test/event-stream.ts";
import { runModel } from "../../../test/running-model.ts";

const script = { scenarios: [{ name: "list", replies: [[{ text: "I look." }, { run: "ls" }]] }] };
const question = { lines: [{ user: "What is here?" }], tools: [bash] };

const part = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });
const messageId = expect.stringMatching(/^msg_[0-9a-f]{24}0$/);
const callId = expect.stringMatching(/^fc_[0-9a-f]{24}1$/);
const message = { id: messageId, type: "message", status: "completed", role: "assistant", content: [part("I look.")] };
const call = {
  id: callId,
  type: "function_call",
  status: "completed",
  call_id: expect.stringMatching(/^call_[0-9a-f]{24}1$/),
  name: "bash",
  arguments: '{"command":"ls"}',
};
const response = (fields: Record<string, unknown>) =>
  expect.objectContaining({
    id: expect.stringMatching(/^resp_[0-9a-f]{24}$/),
    object: "response",
    created_at: expect.any(Number),
    model: "test-model",
    error: null,
    ...fields,
  });
const usageOf = (inputTokens = 0) => ({
  input_tokens: inputTokens,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: inputTokens + 12,
});

test("a stream is items that are added, grow and are done, numbered throughout", async () => {
  const { url, requests } = await runModel({ script });
  const answer = await ask({ url, wire: "openai-responses" }, { ...question, stream: true });
  const inMessage = { item_id: messageId, output_index: 0, content_index: 0 };
  const inCall = { item_id: callId, output_index: 1 };
  const usage = usageOf(requests[0]?.usage?.inputTokens);
  const frames: Record<string, unknown>[] = [
    { type: "response.created", response: response({ status: "in_progress", output: [], usage: null }) },
    { type: "response.in_progress", response: response({ status: "in_progress", output: [] }) },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...message, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...inMessage, part: part("") },
    { type: "response.output_text.delta", ...inMessage, delta: "I ", logprobs: [] },
    { type: "response.output_text.delta", ...inMessage, delta: "look.", logprobs: [] },
    { type: "response.output_text.done", ...inMessage, text: "I look.", logprobs: [] },
    { type: "response.content_part.done", ...inMessage, part: part("I look.") },
    { type: "response.output_item.done", output_index: 0, item: message },
    { type: "response.output_item.added", output_index: 1, item: { ...call, status: "in_progress", arguments: "" } },
    { type: "response.function_call_arguments.delta", ...inCall, delta: '{"comman' },
    { type: "response.function_call_arguments.delta", ...inCall, delta: 'd":"ls"}' },
    { type: "response.function_call_arguments.done", ...inCall, name: "bash", arguments: '{"command":"ls"}' },
    { type: "response.output_item.done", output_index: 1, item: call },
    { type: "response.completed", response: response({ status: "completed", output: [message, call], usage }) },
  ];
  expect(readEvents(await answer.text())).toEqual(
    frames.map((data, index) => ({ event: data["type"], data: { ...data, sequence_number: index } })),
  );
});

test("a whole reply carries the same output", async () => {
  const { url, requests } = await runModel({ script });
  const answer = await ask({ url, wire: "openai-responses" }, question);
  expect(await answer.json()).toEqual(
    response({ status: "completed", output: [message, call], usage: usageOf(requests[0]?.usage?.inputTokens) }),
  );
});

test("a failure in the middle of a stream ends it with response.failed", async () => {
  const { url } = await runModel({
    script: { scenarios: [{ name: "x", replies: [[{ text: "Well" }, { error: 429, message: "Slow down." }]] }] },
  });
  const answer = await ask({ url, wire: "openai-responses" }, { ...question, stream: true });
  expect(readEvents(await answer.text()).at(-1)).toMatchObject({
    event: "response.failed",
    data: { response: { status: "failed", error: { code: "rate_limit_exceeded", message: "Slow down." } } },
  });
});

test("a conversation that the server is expected to remember is refused", async () => {
  const { url } = await runModel({ script });
  const body = JSON.stringify({ model: "m", input: "Go on.", previous_response_id: "resp_1" });
  const answer = await fetch(`${url}/v1/responses`, { method: "POST", body });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("send the whole conversation");
});
