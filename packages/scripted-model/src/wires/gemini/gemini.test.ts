import { expect, test } from "vitest";
import { ask, bash } from "../../../test/clients.ts";
import { readEvents } from "../../../test/event-stream.ts";
import { runModel } from "../../../test/running-model.ts";

const script = { scenarios: [{ name: "list", replies: [[{ text: "I look." }, { run: "ls" }]] }] };
const question = { lines: [{ user: "What is here?" }], tools: [bash] };

const call = {
  functionCall: { id: expect.stringMatching(/^call_[0-9a-f]{24}1$/), name: "bash", args: { command: "ls" } },
};
const usageOf = (inputTokens = 0, outputTokens = 0) => ({
  promptTokenCount: inputTokens,
  candidatesTokenCount: outputTokens,
  totalTokenCount: inputTokens + outputTokens,
});
const chunk = (parts: unknown[], usageMetadata: unknown, end: { finishReason?: string } = {}) => ({
  candidates: [{ content: { parts, role: "model" }, ...end, index: 0 }],
  usageMetadata,
  modelVersion: "test-model",
  responseId: expect.stringMatching(/^[0-9a-f]{24}$/),
});
const chunks = (inputTokens?: number) => [
  chunk([{ text: "I " }], usageOf(inputTokens)),
  chunk([{ text: "look." }], usageOf(inputTokens)),
  chunk([call], usageOf(inputTokens)),
  chunk([{ text: "" }], usageOf(inputTokens, 12), { finishReason: "STOP" }),
];

test("a stream is one response for every piece, the last with the reason it ended", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "gemini" }, { ...question, stream: true });
  const events = readEvents(await response.text());
  expect(events).toEqual(chunks(requests[0]?.usage?.inputTokens).map((data) => ({ data })));
});

test("who does not ask for events gets the same as a JSON array, and may leave out the brackets around one tool", async () => {
  const { url, requests } = await runModel({ script });
  const response = await fetch(`${url}/v1beta/models/test-model:streamGenerateContent?key=key`, {
    method: "POST",
    body: JSON.stringify({
      contents: [{ parts: [{ text: "What is here?" }] }],
      tools: { functionDeclarations: [{ name: "bash", parameters: { properties: { command: { type: "STRING" } } } }] },
    }),
  });
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual(chunks(requests[0]?.usage?.inputTokens));
});

test("a whole reply carries the same parts", async () => {
  const { url, requests } = await runModel({ script });
  const response = await ask({ url, wire: "gemini" }, question);
  const usage = usageOf(requests[0]?.usage?.inputTokens, 12);
  expect(await response.json()).toEqual(chunk([{ text: "I look." }, call], usage, { finishReason: "STOP" }));
});

test("a failure in the middle of a stream is a bare error, in a packet of its own", async () => {
  const { url } = await runModel({
    script: { scenarios: [{ name: "x", replies: [[{ text: "Well" }, { error: 529, message: "Too much." }]] }] },
  });
  const response = await ask({ url, wire: "gemini" }, { ...question, stream: true });
  const packets: string[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) packets.push(next.value);
  expect(JSON.parse(packets.at(-1) ?? "")).toEqual({
    error: { code: 529, message: "Too much.", status: "UNAVAILABLE" },
  });
  expect(readEvents(packets.slice(0, -1).join(""))).toHaveLength(1);
});
