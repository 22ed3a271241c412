import { expect, test } from "vitest";
import { ask, bash } from "../../../test/clients.ts";
import { readEvents } from "../../../test/event-stream.ts";
import { runModel } from "../../../test/running-model.ts";

const script = { scenarios: [{ name: "list", replies: [[{ text: "Let me look." }, { run: "ls" }]] }] };
const question = { lines: [{ user: "What is here?" }], tools: [bash] };
const id = expect.stringMatching(/^chatcmpl-[0-9a-f]{24}$/);
const usageOf = (inputTokens = 0) => ({
  prompt_tokens: inputTokens,
  completion_tokens: 13,
  total_tokens: inputTokens + 13,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
});

test("a stream is chunks with deltas, then the usage, then [DONE]", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "openai-chat" }, { ...question, stream: true });
  const envelope = { id, object: "chat.completion.chunk", created: expect.any(Number), model: "test-model" };
  const chunk = (delta: unknown, finish_reason: string | null = null) => ({
    data: { ...envelope, choices: [{ index: 0, delta, logprobs: null, finish_reason }] },
  });
  const opening = { id: expect.stringMatching(/^call_[0-9a-f]{24}1$/), type: "function" };
  expect(readEvents(await response.text())).toEqual([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "Let " }),
    chunk({ content: "me " }),
    chunk({ content: "look." }),
    chunk({ tool_calls: [{ index: 0, ...opening, function: { name: "bash", arguments: "" } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"comman' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: 'd":"ls"}' } }] }),
    chunk({}, "tool_calls"),
    { data: { ...envelope, choices: [], usage: usageOf(requests[0]?.usage?.inputTokens) } },
    { data: "[DONE]" },
  ]);
});

test("a whole reply carries the same content", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "openai-chat" }, question);
  expect(await response.json()).toEqual({
    id,
    object: "chat.completion",
    created: expect.any(Number),
    model: "test-model",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: "Let me look.",
          refusal: null,
          tool_calls: [
            {
              id: expect.stringMatching(/^call_/),
              type: "function",
              function: { name: "bash", arguments: '{"command":"ls"}' },
            },
          ],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
    ],
    usage: usageOf(requests[0]?.usage?.inputTokens),
  });
});

test("a failure in the middle of a stream is an error chunk without [DONE]", async () => {
  const { url } = await runModel({
    script: { scenarios: [{ name: "x", replies: [[{ text: "Well" }, { error: 500, message: "It broke." }]] }] },
  });
  const response = await ask({ url, wire: "openai-chat" }, { ...question, stream: true });
  expect(readEvents(await response.text()).at(-1)).toEqual({
    data: { error: { message: "It broke.", type: "server_error", param: null, code: "server_error" } },
  });
});
