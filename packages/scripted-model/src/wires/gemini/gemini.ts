import type { Block, Envelope, Frame, StreamWriter, Usage, Wire } from "../wire.ts";
import { errorBody } from "./error-body.ts";
import { path, readCall } from "./read-call.ts";

/** Source: https://ai.google.dev/api/generate-content, for the stream the same objects, one for each piece. */
export const gemini: Wire = { name: "gemini", path, readCall, openStream, wholeReply, errorBody };

function openStream(envelope: Envelope): StreamWriter {
  const frame = (parts: unknown[], usage: Usage, finishReason?: string): Frame => ({
    data: responseBody(envelope, { parts, usage, finishReason }),
  });
  const soFar = { inputTokens: envelope.inputTokens, outputTokens: 0 };
  return {
    start: () => [],
    text: (text) => [frame([{ text }], soFar)],
    tool: (id, use) => [frame([partOf({ kind: "tool", id, use })], soFar)],
    finish: (usage) => [frame([{ text: "" }], usage, "STOP")],
    // Google's own client sees an error only where a packet is nothing but that error.
    fail: (failure) => [{ data: errorBody(failure), bare: true }],
  };
}

function wholeReply(envelope: Envelope, blocks: Block[], usage: Usage): unknown {
  return responseBody(envelope, { parts: blocks.map(partOf), usage, finishReason: "STOP" });
}

function partOf(block: Block): unknown {
  if (block.kind === "text") return { text: block.text };
  return { functionCall: { id: `call_${block.id}`, name: block.use.name, args: block.use.input } };
}

interface Content {
  parts: unknown[];
  usage: Usage;
  finishReason: string | undefined;
}

function responseBody({ id, model }: Envelope, { parts, usage, finishReason }: Content): unknown {
  return {
    candidates: [{ content: { parts, role: "model" }, ...(finishReason ? { finishReason } : {}), index: 0 }],
    usageMetadata: {
      promptTokenCount: usage.inputTokens,
      candidatesTokenCount: usage.outputTokens,
      totalTokenCount: usage.inputTokens + usage.outputTokens,
    },
    modelVersion: model,
    responseId: id,
  };
}
