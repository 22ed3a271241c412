import type { Failure } from "../reply/action.ts";

const kinds: Record<number, { type: string; code: string | null }> = {
  400: { type: "invalid_request_error", code: null },
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  403: { type: "invalid_request_error", code: "unsupported_country_region_territory" },
  404: { type: "invalid_request_error", code: "model_not_found" },
  429: { type: "requests", code: "rate_limit_exceeded" },
};

/** What OpenAI's two APIs say of a failure. Source: https://platform.openai.com/docs/guides/error-codes */
export function openAiError({ status, message }: Failure): {
  message: string;
  type: string;
  param: null;
  code: string | null;
} {
  return { message, param: null, ...(kinds[status] ?? { type: "server_error", code: "server_error" }) };
}

export function openAiErrorBody(failure: Failure): unknown {
  return { error: openAiError(failure) };
}
