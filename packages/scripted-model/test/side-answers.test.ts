import { expect, test } from "vitest";
import { runModel } from "./running-model.ts";

const script = { scenarios: [{ name: "x", replies: [[{ text: "Hi." }]] }] };

test.for<[string, string, Record<string, string>, unknown]>([
  ["OpenAI", "/v1/models", {}, { object: "list", data: [{ id: "scripted-model", object: "model" }] }],
  ["Anthropic", "/v1/models", { "anthropic-version": "2023-06-01" }, { data: [{ type: "model" }], has_more: false }],
  ["Gemini", "/v1beta/models", {}, { models: [{ name: "models/scripted-model" }] }],
])("models are listed as %s does", async ([, path, headers, list]) => {
  const { url, requests } = await runModel({ script });
  const response = await fetch(url + path, { headers });
  expect(await response.json()).toMatchObject(list as object);
  expect(requests).toMatchObject([{ path, wire: null, status: 200 }]);
});

test.for([
  ["/v1/messages/count_tokens", { input_tokens: 3 }],
  ["/v1beta/models/m:countTokens", { totalTokens: 3 }],
] as const)("tokens are counted at %s", async ([path, answer]) => {
  const { url } = await runModel({ script });
  const response = await fetch(url + path, { method: "POST", body: '{"count":1}' });
  expect(await response.json()).toEqual(answer);
});

test("the models are not for everybody either", async () => {
  const { url } = await runModel({ script, keys: ["right"] });
  expect((await fetch(`${url}/v1/models`)).status).toBe(401);
  expect((await fetch(`${url}/v1beta/models?key=right`)).status).toBe(200);
});

test("who asks at the wrong address is told the right ones", async () => {
  const { url } = await runModel({ script });
  expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
  const response = await fetch(`${url}/v1/complete`, { method: "POST" });
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("/v1/messages, /v1/responses, /v1/chat/completions");
});
