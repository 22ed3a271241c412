import { openAiErrorBody } from "../openai-error-body.ts";
import type { Wire } from "../wire.ts";
import { readCall } from "./read-call.ts";
import { openStream } from "./stream.ts";
import { usageBody } from "./usage-body.ts";

export const openAiChat: Wire = {
  name: "openai-chat",
  path: /^\/v1\/chat\/completions$/,
  readCall,
  openStream,
  wholeReply: ({ id, model, created }, blocks, usage) => {
    const text = blocks.flatMap((block) => (block.kind === "text" ? [block.text] : [])).join("");
    const calls = blocks.flatMap((block) => (block.kind === "tool" ? [block] : []));
    return {
      id: `chatcmpl-${id}`,
      object: "chat.completion",
      created,
      model,
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: text === "" ? null : text,
            refusal: null,
            ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }),
          },
          logprobs: null,
          finish_reason: calls.length === 0 ? "stop" : "tool_calls",
        },
      ],
      usage: usageBody(usage),
    };
  },
  errorBody: openAiErrorBody,
};

function toolCall({ id, use }: { id: string; use: { name: string; input: Record<string, unknown> } }): unknown {
  return { id: `call_${id}`, type: "function", function: { name: use.name, arguments: JSON.stringify(use.input) } };
}
