import type { Envelope, Usage } from "../wire.ts";

/** The response object, in whatever state `fields` give it. */
export function responseBody({ id, model, created }: Envelope, fields: Record<string, unknown>): unknown {
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: created,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: null,
    ...fields,
  };
}

export function usageBody({ inputTokens, outputTokens }: Usage): unknown {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
