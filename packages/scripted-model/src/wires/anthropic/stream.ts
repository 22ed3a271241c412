import { argumentPieces, type Envelope, type Frame, type StreamWriter } from "../wire.ts";
import { errorBody } from "./error-body.ts";

const frame = (data: { type: string; [field: string]: unknown }): Frame => ({ event: data.type, data });

/** Source: https://docs.anthropic.com/en/api/messages-streaming */
export function openStream({ id, model, inputTokens }: Envelope): StreamWriter {
  let index = -1;
  let textIsOpen = false;
  let usedTool = false;

  const open = (content_block: unknown): Frame => frame({ type: "content_block_start", index: ++index, content_block });
  const delta = (change: unknown): Frame => frame({ type: "content_block_delta", index, delta: change });
  const close = (): Frame => frame({ type: "content_block_stop", index });
  const closeText = (): Frame[] => {
    if (!textIsOpen) return [];
    textIsOpen = false;
    return [close()];
  };

  return {
    start: () => [
      frame({
        type: "message_start",
        message: {
          id: `msg_${id}`,
          type: "message",
          role: "assistant",
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: inputTokens,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: 1,
          },
        },
      }),
      frame({ type: "ping" }),
    ],
    text: (text) => {
      const opened = textIsOpen ? [] : [open({ type: "text", text: "" })];
      textIsOpen = true;
      return [...opened, delta({ type: "text_delta", text })];
    },
    tool: (toolId, use) => {
      usedTool = true;
      return [
        ...closeText(),
        open({ type: "tool_use", id: `toolu_${toolId}`, name: use.name, input: {} }),
        ...argumentPieces(use).map((partial_json) => delta({ type: "input_json_delta", partial_json })),
        close(),
      ];
    },
    finish: ({ outputTokens }) => [
      ...closeText(),
      frame({
        type: "message_delta",
        delta: { stop_reason: usedTool ? "tool_use" : "end_turn", stop_sequence: null },
        usage: { output_tokens: outputTokens },
      }),
      frame({ type: "message_stop" }),
    ],
    fail: (failure) => [{ event: "error", data: errorBody(failure) }],
  };
}
