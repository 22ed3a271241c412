import { expect, test } from "vitest";
import type { Call } from "../src/conversation/call.ts";
import { readTurn } from "../src/conversation/read-turn.ts";
import { wires } from "../src/wires/wires.ts";

const text = (content: string) => ({ type: "text", text: content });
const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };

// What these agents were seen to send, reduced to its shape.
const requests: Record<string, { path: string; body: unknown; turn: unknown; tools: string[] }> = {
  "Claude Code 2.1.330, after a tool call": {
    path: "/v1/messages",
    body: {
      model: "claude-opus-5-5",
      stream: true,
      max_tokens: 128_000,
      system: [text("You are Claude Code.")],
      messages: [
        { role: "user", content: [text("<system-reminder>\nAttribution.\n</system-reminder>"), text("fix it")] },
        { role: "system", content: [text("# Environment")] },
        { role: "assistant", content: [text("Well."), { type: "tool_use", id: "t1", name: "Bash", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "hi" }] },
        { role: "system", content: "Remember the budget." },
      ],
      tools: [
        { name: "Bash", input_schema: parameters },
        { type: "web_search_20250305", name: "web_search" },
      ],
    },
    turn: { texts: ["fix it"], number: 0, results: 1 },
    tools: ["Bash", "web_search"],
  },
  "Codex 0.169, after two tool calls of one reply": {
    path: "/v1/responses",
    body: {
      model: "mock-model",
      stream: true,
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "You are Codex." }] },
        {
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>" }],
        },
        { type: "message", role: "user", content: [{ type: "input_text", text: "fix it" }] },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "Well." }] },
        { type: "function_call", call_id: "c1", name: "exec_command", arguments: "{}" },
        { type: "function_call", call_id: "c2", name: "exec_command", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "hi" },
        { type: "function_call_output", call_id: "c2", output: "ho" },
      ],
      tools: [
        { type: "function", name: "exec_command", strict: false, parameters },
        { type: "namespace", name: "multi_agent_v1", tools: [] },
        { type: "web_search", external_web_access: true },
      ],
    },
    turn: { texts: ["fix it"], number: 0, results: 2 },
    tools: ["exec_command"],
  },
  "Goose 1.52 over OpenAI, in its second turn": {
    path: "/v1/chat/completions",
    body: {
      model: "mock-model",
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "You are goose." },
        { role: "user", content: "hello\n<turn-context>\n<current-time>22:15:00</current-time>\n</turn-context>" },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "fix it\n<turn-context>\n<current-time>22:16:00</current-time>\n</turn-context>" },
      ],
      tools: [{ type: "function", function: { name: "shell", parameters, strict: false } }],
    },
    turn: { texts: ["fix it"], number: 1, results: 0 },
    tools: ["shell"],
  },
  "Goose 1.52 over Gemini": {
    path: "/v1beta/models/mock-model:streamGenerateContent",
    body: {
      systemInstruction: { parts: [{ text: "You are goose." }] },
      contents: [{ role: "user", parts: [{ text: "fix it" }] }],
      tools: { functionDeclarations: [{ name: "shell", parametersJsonSchema: parameters }] },
    },
    turn: { texts: ["fix it"], number: 0, results: 0 },
    tools: ["shell"],
  },
  "Pi 0.87 over Gemini, after a tool call": {
    path: "/v1beta/models/mock-model:streamGenerateContent",
    body: {
      systemInstruction: { parts: [{ text: "You are pi." }], role: "user" },
      contents: [
        { role: "user", parts: [{ text: "fix it" }] },
        { role: "model", parts: [{ text: "Well." }, { functionCall: { name: "bash", args: {} } }] },
        { role: "user", parts: [{ functionResponse: { name: "bash", response: { output: "hi" } } }] },
      ],
      tools: [{ functionDeclarations: [{ name: "bash", parametersJsonSchema: parameters }] }],
    },
    turn: { texts: ["fix it"], number: 0, results: 1 },
    tools: ["bash"],
  },
};

test.for(Object.entries(requests))("a request is understood: %s", ([, { path, body, turn, tools }]) => {
  const call = wires.find((wire) => wire.path.test(path))?.readCall(body, path) as Call;
  expect(readTurn(call.entries)).toEqual(turn);
  expect(call.tools.map(({ name }) => name)).toEqual(tools);
  expect(call.stream).toBe(true);
});
