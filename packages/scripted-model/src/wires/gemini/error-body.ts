import type { Failure } from "../../reply/action.ts";

const statuses: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  529: "UNAVAILABLE",
};

/** Source: https://cloud.google.com/apis/design/errors */
export function errorBody({ status, message, retryAfterMs }: Failure): unknown {
  const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${(retryAfterMs ?? 0) / 1000}s` };
  return {
    error: {
      code: status,
      message,
      status: statuses[status] ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
      ...(retryAfterMs === undefined ? {} : { details: [retry] }),
    },
  };
}
