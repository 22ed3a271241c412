import { describe, expect, it } from "vitest";
import { classifyError, readSessionFailure } from "./failure.ts";

describe("a failed answer", () => {
  it.each([
    [{ code: -32603, message: "Internal error", data: { status: 401 } }, "model-unauthorized"],
    [{ code: -32603, message: "API Error: 403 Forbidden" }, "model-unauthorized"],
    [{ code: -32000, message: "Authentication required" }, "model-unauthorized"],
    [{ code: -32000, message: "" }, "model-unauthorized"],
    [{ code: -32603, message: "Incorrect API key provided: sk-x" }, "model-unauthorized"],
    [{ code: -32603, message: 'API Error: 429 {"type":"error"}' }, "model-rate-limited"],
    [{ code: -32603, message: "x", data: { details: "Rate limit reached" } }, "model-rate-limited"],
    [{ code: -32603, message: "x", data: { codexErrorInfo: "usageLimitExceeded" } }, "model-rate-limited"],
    [{ code: -32603, message: "x", data: { a: { b: { httpStatusCode: 529 } } } }, "model-overloaded"],
    [{ code: -32603, message: "unexpected status 503 Service Unavailable" }, "model-overloaded"],
    [{ code: -32603, message: "x", data: { error: { type: "overloaded_error" } } }, "model-overloaded"],
    [{ code: -32603, message: "x", data: { statusCode: "400" } }, "model-request-refused"],
    [{ code: -32603, message: "Request failed with status 422" }, "model-request-refused"],
    [{ code: -32603, message: "prompt is too long" }, "model-request-refused"],
    [{ code: -32603, message: "status code 500" }, "model-failed"],
    [{ code: -32603, message: "fetch failed: ECONNREFUSED 127.0.0.1:1" }, "model-unreachable"],
    [{ code: -32603, message: "x", data: "error sending request for url" }, "model-unreachable"],
    [{ code: -32602, message: "Invalid params" }, "agent-failed"],
    [{ code: -32603, message: "Internal error", data: { details: "tool 400 lines long" } }, "agent-failed"],
    [{ message: { x: 1 }, data: [1] }, "agent-failed"],
    [undefined, "agent-failed"],
    ["HTTP 500", "model-failed"],
  ])("%j is %s", (error, code) => {
    expect(classifyError(error)).toMatchObject({ code });
  });

  it("is told in the agent's words, however many they are", () => {
    expect(classifyError({ message: "Internal error", data: { message: "No." } }).text).toBe("Internal error: No.");
    expect(classifyError({ message: "x".repeat(1_000_000), data: { y: "z".repeat(1_000_000) } }).text.length).toBe(
      4096,
    );
  });
});

describe("a failure beside a good answer", () => {
  const answer = (sessionFailure: unknown) => ({
    stopReason: "end_turn",
    _meta: { jetbrains: { air: { sessionFailure } } },
  });

  it.each([
    [{ category: "access", severity: "error", title: "No." }, "model-unauthorized"],
    [{ category: "limit", severity: "error", title: "No." }, "model-rate-limited"],
    [{ category: "service", severity: "error", title: "unexpected status 529" }, "model-overloaded"],
    [{ category: "request", title: "No." }, "model-request-refused"],
    [{ category: "connection" }, "model-unreachable"],
    [{ category: "constructor" }, "agent-failed"],
    [{}, "agent-failed"],
  ])("%j is %s", (failure, code) => {
    expect(readSessionFailure(answer(failure))).toMatchObject({ code });
  });

  it.each([[answer(null)], [answer({ severity: "warning" })], [{}], [null], [7]])("is none in %j", (each) => {
    expect(readSessionFailure(each)).toBeNull();
  });
});
