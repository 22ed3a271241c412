import { describe, expect, it } from "vitest";
import type { CallEnd } from "./call.ts";
import { failureCode, judgeCalls } from "./judge-call.ts";

const call = (part: Partial<CallEnd>): CallEnd => ({
  type: "end",
  call: 1,
  status: 400,
  outcome: "refused",
  durationMs: 1,
  firstByteMs: null,
  bytes: 0,
  ...part,
});
const failing = (last: CallEnd, count = 1) => ({ last, count, firstAtMs: 0, lastAtMs: 0 });
const NOW = Date.UTC(2026, 0, 1);

describe("a failed model call", () => {
  it.each<[string, Partial<CallEnd>]>([
    ["model-request-refused", { status: 400 }],
    ["model-request-refused", { status: 404 }],
    ["model-request-refused", { status: 413 }],
    ["model-request-refused", { status: 422 }],
    ["model-unauthorized", { status: 401 }],
    ["model-unauthorized", { status: 403 }],
    ["model-rate-limited", { status: 429 }],
    ["model-overloaded", { status: 503 }],
    ["model-overloaded", { status: 529 }],
    ["model-overloaded", { status: 200, inStreamError: 529 }],
    ["model-rate-limited", { status: 200, inStreamError: 429 }],
    ["model-failed", { status: 500 }],
    ["model-failed", { status: 502 }],
    ["model-failed", { status: 408 }],
    ["model-failed", { status: 307 }],
    ["model-failed", { status: 200, outcome: "broken" }],
    ["model-failed", { status: null, outcome: "aborted", durationMs: 60_000 }],
    ["model-unreachable", { status: null, outcome: "broken" }],
    ["model-unreachable", { status: 502, refusal: "provider-unreachable" }],
    ["model-failed", { status: 503, refusal: "key-renewed" }],
    ["model-failed", { status: 503, refusal: "key-unavailable" }],
    ["needs-login", { status: 401, refusal: "needs-login" }],
    ["budget-spent", { status: 402, refusal: "budget-spent" }],
  ])("is %s for %o", (code, part) => {
    expect(failureCode(call(part))).toBe(code);
  });

  it("is told in the endpoint's own words, with how often it happened", () => {
    const said = call({ status: 529, text: "Too many guests." });
    const now = { wallMs: NOW, sinceMs: 0 };
    expect(judgeCalls(failing(said), now).text).toBe("The model endpoint answered 529: Too many guests.");
    expect(judgeCalls(failing(said, 14), now).text).toBe(
      "The model endpoint answered 529; 14 calls in a row failed: Too many guests.",
    );
    expect(judgeCalls(failing(call({ status: null, outcome: "broken" })), now).text).toBe(
      "The model endpoint could not be reached.",
    );
    expect(judgeCalls(failing(call({ status: null, outcome: "aborted", durationMs: 60_000 }), 2), now).text).toBe(
      "The model endpoint did not answer within 60 s; 2 calls in a row failed.",
    );
  });

  it("tells when to try again, counted from when it was told", () => {
    const limited = failing(call({ status: 429, retryAfterMs: 30_000 }));
    expect(judgeCalls(limited, { wallMs: NOW, sinceMs: 10_000 }).retryAt).toBe("2026-01-01T00:00:20.000Z");
    expect(judgeCalls(failing(call({ status: 429 })), { wallMs: NOW, sinceMs: 0 })).not.toHaveProperty("retryAt");
  });
});
