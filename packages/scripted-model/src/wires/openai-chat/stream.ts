import { openAiErrorBody } from "../openai-error-body.ts";
import { argumentPieces, type Envelope, type Frame, type StreamWriter } from "../wire.ts";
import { usageBody } from "./usage-body.ts";

/** Source: https://platform.openai.com/docs/api-reference/chat/streaming */
export function openStream({ id, model, created, wantsUsage }: Envelope): StreamWriter {
  let toolCalls = 0;

  const chunk = (fields: { choices: unknown[]; usage?: unknown }): Frame => ({
    data: { id: `chatcmpl-${id}`, object: "chat.completion.chunk", created, model, ...fields },
  });
  const choice = (delta: unknown, finish_reason: string | null = null): Frame =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });

  return {
    start: () => [choice({ role: "assistant", content: "" })],
    text: (content) => [choice({ content })],
    tool: (toolId, use) => {
      const index = toolCalls++;
      const opening = { index, id: `call_${toolId}`, type: "function", function: { name: use.name, arguments: "" } };
      return [
        choice({ tool_calls: [opening] }),
        ...argumentPieces(use).map((piece) => choice({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ];
    },
    finish: (usage) => [
      choice({}, toolCalls > 0 ? "tool_calls" : "stop"),
      ...(wantsUsage ? [chunk({ choices: [], usage: usageBody(usage) })] : []),
      { data: "[DONE]" },
    ],
    fail: (failure) => [{ data: openAiErrorBody(failure) }],
  };
}
