import type { Failure } from "../../reply/action.ts";

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Source: https://docs.anthropic.com/en/api/errors */
export function errorBody({ status, message }: Failure): unknown {
  return { type: "error", error: { type: errorTypes[status] ?? "api_error", message } };
}
