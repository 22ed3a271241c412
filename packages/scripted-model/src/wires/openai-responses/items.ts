import type { Block } from "../wire.ts";

export const textPart = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });

/** A block of the reply as an output item. */
export function outputItem(block: Block, id: string): { id: string; [field: string]: unknown } {
  if (block.kind === "text")
    return {
      id: `msg_${id}`,
      type: "message",
      status: "completed",
      role: "assistant",
      content: [textPart(block.text)],
    };
  return {
    id: `fc_${block.id}`,
    type: "function_call",
    status: "completed",
    call_id: `call_${block.id}`,
    name: block.use.name,
    arguments: JSON.stringify(block.use.input),
  };
}
