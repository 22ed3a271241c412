import type { WireName } from "../src/index.ts";

/** A conversation as a person would write it down: what the person says, a tool the model calls, what that returned. */
export type Line = { user: string } | { assistant: string } | { call: string } | { result: string };

export interface Ask {
  lines: Line[];
  stream?: boolean;
  tools?: Tool[];
}

export interface Tool {
  name: string;
  schema: Record<string, unknown>;
}

export const bash: Tool = {
  name: "bash",
  schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};

interface Client {
  path(stream: boolean): string;
  keyHeader(key: string): Record<string, string>;
  body(ask: Ask): unknown;
}

const model = "test-model";
const idOf = (index: number) => `call${index}`;

const anthropic: Client = {
  path: () => "/v1/messages",
  keyHeader: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
  body: ({ lines, stream = false, tools = [] }) => ({
    model,
    stream,
    max_tokens: 1000,
    system: "You are a test.",
    tools: tools.map(({ name, schema }) => ({ name, input_schema: schema })),
    messages: lines.map((line, index) => {
      if ("user" in line) return { role: "user", content: line.user };
      if ("assistant" in line) return { role: "assistant", content: [{ type: "text", text: line.assistant }] };
      if ("call" in line)
        return { role: "assistant", content: [{ type: "tool_use", id: idOf(index), name: line.call, input: {} }] };
      return { role: "user", content: [{ type: "tool_result", tool_use_id: idOf(index - 1), content: line.result }] };
    }),
  }),
};

const openAiChat: Client = {
  path: () => "/v1/chat/completions",
  keyHeader: (key) => ({ authorization: `Bearer ${key}` }),
  body: ({ lines, stream = false, tools = [] }) => ({
    model,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    tools: tools.map(({ name, schema }) => ({ type: "function", function: { name, parameters: schema } })),
    messages: [
      { role: "system", content: "You are a test." },
      ...lines.map((line, index) => {
        if ("user" in line) return { role: "user", content: [{ type: "text", text: line.user }] };
        if ("assistant" in line) return { role: "assistant", content: line.assistant };
        if ("result" in line) return { role: "tool", tool_call_id: idOf(index - 1), content: line.result };
        const called = { id: idOf(index), type: "function", function: { name: line.call, arguments: "{}" } };
        return { role: "assistant", content: null, tool_calls: [called] };
      }),
    ],
  }),
};

const openAiResponses: Client = {
  path: () => "/v1/responses",
  keyHeader: openAiChat.keyHeader,
  body: ({ lines, stream = false, tools = [] }) => ({
    model,
    stream,
    instructions: "You are a test.",
    tools: tools.map(({ name, schema }) => ({ type: "function", name, parameters: schema })),
    input: lines.map((line, index) => {
      if ("user" in line) return { role: "user", content: [{ type: "input_text", text: line.user }] };
      if ("assistant" in line)
        return { type: "message", role: "assistant", content: [{ type: "output_text", text: line.assistant }] };
      if ("result" in line) return { type: "function_call_output", call_id: idOf(index - 1), output: line.result };
      return { type: "function_call", call_id: idOf(index), name: line.call, arguments: "{}" };
    }),
  }),
};

const gemini: Client = {
  path: (stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  keyHeader: (key) => ({ "x-goog-api-key": key }),
  body: ({ lines, tools = [] }) => ({
    systemInstruction: { parts: [{ text: "You are a test." }] },
    tools: [{ functionDeclarations: tools.map(({ name, schema }) => ({ name, parametersJsonSchema: schema })) }],
    contents: lines.map((line) => {
      if ("user" in line) return { role: "user", parts: [{ text: line.user }] };
      if ("assistant" in line) return { role: "model", parts: [{ text: line.assistant }] };
      if ("call" in line) return { role: "model", parts: [{ functionCall: { name: line.call, args: {} } }] };
      return { role: "user", parts: [{ functionResponse: { name: "tool", response: { output: line.result } } }] };
    }),
  }),
};

const clients: Record<WireName, Client> = {
  anthropic,
  "openai-responses": openAiResponses,
  "openai-chat": openAiChat,
  gemini,
};

export const wireNames = Object.keys(clients) as WireName[];

export interface Endpoint {
  url: string;
  wire: WireName;
  key?: string;
  signal?: AbortSignal;
}

/** Asks for a reply in the wire's own words. */
export function ask({ url, wire, key = "key", signal }: Endpoint, question: Ask): Promise<Response> {
  const client = clients[wire];
  return fetch(`${url}${client.path(question.stream ?? false)}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...client.keyHeader(key) },
    body: JSON.stringify(client.body(question)),
    ...(signal ? { signal } : {}),
  });
}
