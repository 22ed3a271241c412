import { openAiError } from "../openai-error-body.ts";
import { argumentPieces, type Block, type Envelope, type Frame, type StreamWriter } from "../wire.ts";
import { outputItem, textPart } from "./items.ts";
import { responseBody, usageBody } from "./response-body.ts";

/** Source: https://platform.openai.com/docs/api-reference/responses-streaming */
export function openStream(envelope: Envelope): StreamWriter {
  let sequence = 0;
  let openText: string | null = null;
  const output: { id: string; [field: string]: unknown }[] = [];

  const frame = (type: string, fields: Record<string, unknown>): Frame => ({
    event: type,
    data: { type, sequence_number: sequence++, ...fields },
  });
  const state = (type: string, fields: Record<string, unknown>): Frame =>
    frame(type, { response: responseBody(envelope, { output: [...output], ...fields }) });
  const itemId = (block: Block) => outputItem(block, `${envelope.id}${output.length}`);

  const closeText = (): Frame[] => {
    if (openText === null) return [];
    const item = itemId({ kind: "text", text: openText });
    const at = { item_id: item.id, output_index: output.length, content_index: 0 };
    const frames = [
      frame("response.output_text.done", { ...at, text: openText, logprobs: [] }),
      frame("response.content_part.done", { ...at, part: textPart(openText) }),
      frame("response.output_item.done", { output_index: output.length, item }),
    ];
    output.push(item);
    openText = null;
    return frames;
  };

  return {
    start: () => [
      state("response.created", { status: "in_progress" }),
      state("response.in_progress", { status: "in_progress" }),
    ],
    text: (delta) => {
      const item = itemId({ kind: "text", text: "" });
      const at = { item_id: item.id, output_index: output.length, content_index: 0 };
      const opening =
        openText !== null
          ? []
          : [
              frame("response.output_item.added", {
                output_index: output.length,
                item: { ...item, status: "in_progress", content: [] },
              }),
              frame("response.content_part.added", { ...at, part: textPart("") }),
            ];
      openText = (openText ?? "") + delta;
      return [...opening, frame("response.output_text.delta", { ...at, delta, logprobs: [] })];
    },
    tool: (id, use) => {
      const closing = closeText();
      const item = itemId({ kind: "tool", id, use });
      const at = { item_id: item.id, output_index: output.length };
      const frames = [
        frame("response.output_item.added", {
          output_index: output.length,
          item: { ...item, status: "in_progress", arguments: "" },
        }),
        ...argumentPieces(use).map((delta) => frame("response.function_call_arguments.delta", { ...at, delta })),
        frame("response.function_call_arguments.done", {
          ...at,
          name: use.name,
          arguments: JSON.stringify(use.input),
        }),
        frame("response.output_item.done", { output_index: output.length, item }),
      ];
      output.push(item);
      return [...closing, ...frames];
    },
    finish: (usage) => [...closeText(), state("response.completed", { status: "completed", usage: usageBody(usage) })],
    fail: (failure) => {
      const { code, message } = openAiError(failure);
      return [state("response.failed", { status: "failed", error: { code: code ?? "invalid_prompt", message } })];
    },
  };
}
