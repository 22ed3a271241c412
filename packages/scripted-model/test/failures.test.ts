import { expect, test } from "vitest";
import type { Reply, WireName } from "../src/index.ts";
import { ask, bash, wireNames } from "./clients.ts";
import { runModel } from "./running-model.ts";

const one = (...replies: Reply[]) => ({ scenarios: [{ name: "one", replies }] });
const question = { lines: [{ user: "Go." }], tools: [bash], stream: true };

const deadline = { timeout: 10_000 };

interface ErrorBody {
  error: Record<string, unknown>;
}

// What each vendor calls the same failure.
const words: Record<WireName, Record<number, Record<string, unknown>>> = {
  anthropic: {
    400: { type: "invalid_request_error" },
    401: { type: "authentication_error" },
    429: { type: "rate_limit_error" },
    529: { type: "overloaded_error" },
  },
  "openai-responses": {
    400: { type: "invalid_request_error", code: null, param: null },
    401: { type: "invalid_request_error", code: "invalid_api_key" },
    429: { type: "requests", code: "rate_limit_exceeded" },
    529: { type: "server_error", code: "server_error" },
  },
  "openai-chat": {
    400: { type: "invalid_request_error", code: null, param: null },
    401: { type: "invalid_request_error", code: "invalid_api_key" },
    429: { type: "requests", code: "rate_limit_exceeded" },
    529: { type: "server_error", code: "server_error" },
  },
  gemini: {
    400: { code: 400, status: "INVALID_ARGUMENT" },
    401: { code: 401, status: "UNAUTHENTICATED" },
    429: { code: 429, status: "RESOURCE_EXHAUSTED", details: [expect.objectContaining({ retryDelay: "2s" })] },
    529: { code: 529, status: "UNAVAILABLE" },
  },
};

const cases = wireNames.flatMap((wire) =>
  [true, false].flatMap((stream) => [400, 401, 429, 529].map((status) => ({ wire, stream, status }))),
);

test.for(cases)("$wire says $status in its own words, streaming: $stream", async ({ wire, stream, status }) => {
  const { url, requests } = await runModel({
    script: one([{ error: status, message: "No.", ...(status === 429 ? { retryAfterMs: 2000 } : {}) }]),
  });
  const response = await ask({ url, wire }, { ...question, stream });
  expect(response.status).toBe(status);
  expect(response.headers.get("retry-after")).toBe(status === 429 ? "2" : null);
  expect(response.headers.get("content-type")).toBe("application/json");
  const { error } = (await response.json()) as ErrorBody;
  expect(error).toMatchObject({ message: "No.", ...words[wire][status] });
  expect(requests).toMatchObject([{ wire, status, stream, aborted: false, usage: null }]);
});

test.for(wireNames)("%s refuses a wrong key, and takes the right one", async (wire) => {
  const { url, requests } = await runModel({ script: one([{ text: "Welcome." }]), keys: ["right"] });
  const refused = await ask({ url, wire, key: "wrong" }, question);
  expect(refused.status).toBe(401);
  expect(((await refused.json()) as ErrorBody).error).toMatchObject(words[wire][401] ?? {});
  const accepted = await ask({ url, wire, key: "right" }, question);
  expect(await accepted.text()).toContain("Welcome.");
  expect(requests).toMatchObject([
    { key: "wrong", status: 401, scenario: null },
    { key: "right", status: 200, scenario: "one", position: 0 },
  ]);
});

test.for(wireNames)("%s refuses a request that is not one", async (wire) => {
  const { url } = await runModel({ script: one([{ text: "Hello." }]) });
  for (const body of ["", "{", "[]", '{"model":"m"}']) {
    const path =
      wire === "gemini"
        ? "/v1beta/models/m:generateContent"
        : new URL((await ask({ url, wire }, question)).url).pathname;
    const response = await fetch(url + path, { method: "POST", body });
    expect(response.status).toBe(400);
    expect(((await response.json()) as ErrorBody).error).toMatchObject(words[wire][400] ?? {});
  }
});

test.for(wireNames)("%s breaks off in the middle of a stream, and only as often as the script says", async (wire) => {
  const { url, requests } = await runModel({
    script: one([{ text: "half " }, { disconnect: true, times: 1 }, { text: "and half." }]),
  });
  const broken = await ask({ url, wire }, question);
  const reader = broken.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const listen = async () => {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) heard += next.value;
  };
  await expect(listen()).rejects.toThrow("terminated");
  expect(heard).toContain("half ");
  expect(await (await ask({ url, wire }, question)).text()).toContain("half.");
  expect(requests).toMatchObject([
    { status: 200, aborted: false, usage: null },
    { status: 200, aborted: false, usage: { outputTokens: 4 } },
  ]);
});

test("a connection that is cut before anything was said has no status", async () => {
  const { url, requests } = await runModel({ script: one([{ disconnect: true }]) });
  await expect(ask({ url, wire: "anthropic" }, question)).rejects.toThrow("fetch failed");
  expect(requests).toMatchObject([{ status: null, aborted: false }]);
});

test.for(wireNames)("%s hangs until the client goes away, which is recorded", async (wire) => {
  const { url, requests } = await runModel({ script: one([{ text: "Let me think" }, { hang: true }]) });
  const client = new AbortController();
  const response = await ask({ url, wire, signal: client.signal }, question);
  await response.body?.getReader().read();
  expect(requests).toMatchObject([{ status: 200, aborted: false }]);
  client.abort();
  await expect.poll(() => requests[0]?.aborted, deadline).toBe(true);
});

test("a hang before the first word answers nothing at all", async () => {
  const { url, requests } = await runModel({ script: one([{ hang: true }]) });
  const client = new AbortController();
  const asked = ask({ url, wire: "openai-chat", signal: client.signal }, question);
  await expect.poll(() => requests[0]?.scenario, deadline).toBe("one");
  client.abort();
  await expect(asked).rejects.toThrow("aborted");
  await expect.poll(() => requests[0], deadline).toMatchObject({ status: null, aborted: true });
});

test("slow text arrives word by word, and a delay comes before the status", async () => {
  const { url } = await runModel({ script: one([{ delayMs: 100 }, { text: "one two three", everyMs: 50 }]) });
  const startedAt = performance.now();
  const response = await ask({ url, wire: "openai-chat" }, question);
  expect(performance.now() - startedAt).toBeGreaterThan(95);
  const text = await response.text();
  expect(performance.now() - startedAt).toBeGreaterThan(240);
  expect(text.match(/"content":"(one|two|three) ?"/g)).toHaveLength(3);
});
