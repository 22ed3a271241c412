import { startScriptedModel } from "@harness/scripted-model";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { Wire } from "../src/protocol.ts";
import { call } from "./calls.ts";
import { startWorker, WORKER_KEY } from "./running-worker.ts";

const SECRET = "sk-the-real-key-0123456789abcdef";
const chat = JSON.stringify({
  model: "m",
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: "user", content: "hello" }],
});
const gemini = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hello" }] }] });
const responses = JSON.stringify({ model: "m", stream: true, input: [{ role: "user", content: "hello" }] });
const bearer = { authorization: `Bearer ${WORKER_KEY}` };

test.each<[Wire, string, { path: string; body: string; headers?: Record<string, string> }]>([
  ["anthropic", "", { path: "/v1/messages?beta=true", body: chat, headers: { "x-api-key": WORKER_KEY } }],
  ["openai-chat", "/v1", { path: "/v1/chat/completions", body: chat, headers: bearer }],
  ["openai-responses", "/v1", { path: "/responses", body: responses, headers: bearer }],
  [
    "gemini",
    "",
    { path: `/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse&key=${WORKER_KEY}`, body: gemini },
  ],
])(
  "%s: a worker key gets an answer that only the real key opens, and what it cost is known",
  async (wire, path, asked) => {
    await using directory = temporaryDirectory();
    const script = { scenarios: [{ name: "greets", replies: [[{ text: "Good day." }]] }] };
    const model = await startScriptedModel({ script, keys: [SECRET] });
    try {
      await using worker = await startWorker(directory.path, { wire, baseUrl: `${model.url}${path}`, secret: SECRET });
      const socket = await worker.grant("s1");
      const answer = await call(socket, { key: null, ...asked });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.text).toContain("day");
      expect(worker.spent("s1")).toMatchObject({ calls: 1, lastStatus: 200, statuses: { 200: 1 } });
      const [line] = worker.calls();
      expect(line).toMatchObject({ session: "s1", call: 1, status: 200, outcome: "answered" });
      expect(line?.estimated).toBeUndefined();
      const { usage } = model.requests[0]!;
      expect(line).toMatchObject({ inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens });
      expect(JSON.stringify(line)).not.toContain("hello");
      const wrong = { key: "wrong", path: asked.path.split("?")[0] ?? "", body: asked.body };
      expect((await call(socket, wrong)).status).toBe(401);
    } finally {
      await model.close();
    }
  },
);
