import type { Wire } from "../wire.ts";
import { errorBody } from "./error-body.ts";
import { readCall } from "./read-call.ts";
import { openStream } from "./stream.ts";

export const anthropic: Wire = {
  name: "anthropic",
  path: /^\/v1\/messages$/,
  readCall,
  openStream,
  wholeReply: ({ id, model }, blocks, { inputTokens, outputTokens }) => ({
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: blocks.map((block) =>
      block.kind === "text"
        ? { type: "text", text: block.text }
        : { type: "tool_use", id: `toolu_${block.id}`, name: block.use.name, input: block.use.input },
    ),
    stop_reason: blocks.some(({ kind }) => kind === "tool") ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: outputTokens,
    },
  }),
  errorBody,
};
