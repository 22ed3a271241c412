import { describe, expect, it } from "vitest";
import { classifyFailure } from "./failure.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const openai = (code: number, kind: string) => `{"message":"No.","param":null,"type":"x","code":"${kind}"}`;
const google = (code: number, status: string) => `{"error":{"code":${code},"message":"No.","status":"${status}"}}`;
const anthropic = (kind: string) => `{"type":"error","error":{"type":"${kind}","message":"No."}}`;

// What Pi 0.87.1 says on each wire; the bodies are those of the vendors.
describe("a failure of the model", () => {
  it.each([
    [`400 ${anthropic("invalid_request_error")}`, "model-request-refused", "400: No."],
    [`401 ${anthropic("authentication_error")}`, "model-unauthorized", "401: No."],
    [`403 ${anthropic("permission_error")}`, "model-unauthorized", "403: No."],
    [`404 ${anthropic("not_found_error")}`, "model-request-refused", "404: No."],
    [`429 ${anthropic("rate_limit_error")}`, "model-rate-limited", "429: No."],
    [`500 ${anthropic("api_error")}`, "model-failed", "500: No."],
    [`529 ${anthropic("overloaded_error")}`, "model-overloaded", "529: No."],
    [anthropic("overloaded_error"), "model-overloaded", "No."],
    [anthropic("rate_limit_error"), "model-rate-limited", "No."],
    [`openai API error (400): ${openai(400, "bad")}`, "model-request-refused", "400: No."],
    [`openai API error (401): ${openai(401, "invalid_api_key")}`, "model-unauthorized", "401: No."],
    [`openai API error (429): ${openai(429, "rate_limit_exceeded")}`, "model-rate-limited", "429: No."],
    [`openai API error (503): ${openai(503, "server_error")}`, "model-overloaded", "503: No."],
    ["server_error: Something broke.", "model-failed", "server_error: Something broke."],
    [`400: ${openai(400, "bad")}`, "model-request-refused", "400: No."],
    [`401: ${openai(401, "invalid_api_key")}`, "model-unauthorized", "401: No."],
    [`529: ${openai(529, "server_error")}`, "model-overloaded", "529: No."],
    [google(400, "INVALID_ARGUMENT"), "model-request-refused", "400: No."],
    [google(401, "UNAUTHENTICATED"), "model-unauthorized", "401: No."],
    [google(429, "RESOURCE_EXHAUSTED"), "model-rate-limited", "429: No."],
    [`got status: UNAVAILABLE. ${google(529, "UNAVAILABLE")}`, "model-overloaded", "529: No."],
    ["No API key found for harness.", "model-unauthorized", "No API key found for harness."],
    ["Connection error.", "model-unreachable", "Connection error."],
    ["fetch failed", "model-unreachable", "fetch failed"],
    ["Request timed out.", "model-unreachable", "Request timed out."],
    ["terminated", "model-failed", "terminated"],
    ["", "model-failed", ""],
    ["200 {", "model-failed", "200 {"],
    ["999 strange", "model-failed", "999 strange"],
  ])("%j is %s", (said, code, text) => {
    expect(classifyFailure(said, NOW)).toEqual({ code, text });
  });

  it.each([
    ['{"error":{"code":429,"message":"No.","details":[{"retryDelay":"3.5s"}]}}', "2026-01-01T00:00:03.500Z"],
    ["429 Rate limit reached. Please try again in 20s.", "2026-01-01T00:00:20.000Z"],
    ["429 Please retry after 250 ms", "2026-01-01T00:00:00.250Z"],
    ["429 Please try again in 2m", "2026-01-01T00:02:00.000Z"],
  ])("%j says when to ask again", (said, retryAt) => {
    expect(classifyFailure(said, NOW)).toMatchObject({ code: "model-rate-limited", retryAt });
  });

  it("has a bounded text, whatever comes", () => {
    const { text } = classifyFailure(`500 {"error":{"message":"${"x".repeat(1_000_000)}"}}`, NOW);
    expect(text).toHaveLength(2_000);
  });
});
