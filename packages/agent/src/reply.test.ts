import { encodeEnvelope, MESSAGE_LIMIT } from "@harness/core";
import { describe, expect, it } from "vitest";
import { collectText, failedMessage, fitText, replyMessage, reportId } from "./reply.ts";

const to = { session: "s", message: "m", createdAt: "2026-01-01T00:00:00.000Z" };

describe("collected text", () => {
  it("is whole while it is short", () => {
    const text = collectText({ head: 4, tail: 6 });
    for (const piece of ["ab", "cdef", "ghij"]) text.add(piece);
    expect(text.text()).toBe("abcdefghij");
  });

  it("keeps its beginning and its end, and says how much is missing", () => {
    const text = collectText({ head: 4, tail: 6 });
    for (let n = 0; n < 100; n += 1) text.add(String(n % 10));
    expect(text.text()).toBe("0123\n… 90 characters left out …\n456789");
  });
});

describe("a reply", () => {
  it.each([
    ["control characters", "\0".repeat(512 * 1024)],
    ["characters of four bytes", "😀".repeat(512 * 1024)],
    ["half characters", "\ud800".repeat(512 * 1024)],
    ["quotes", '"'.repeat(1024 * 1024)],
  ])("of %s fits into a message", (_, text) => {
    const bytes = encodeEnvelope(replyMessage(to, { stopReason: "end_turn", text }));
    expect(bytes.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
    expect(bytes.length).toBeGreaterThan(MESSAGE_LIMIT / 3);
  });

  it("fits into a message whatever its failure says", () => {
    // As long as a text may be that is not cut, and the last words of a coding agent that crashed.
    const text = '"'.repeat((MESSAGE_LIMIT - 17 * 1024) / 2);
    const failure = { code: "agent-crashed", text: "\u0001".repeat(4 * 1024) };
    const bytes = encodeEnvelope(replyMessage(to, { stopReason: "failed", text, failure }));
    expect(bytes.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
  });

  it("leaves a text alone that fits", () => {
    expect(fitText("hello\u0000")).toBe("hello\u0000");
  });

  it("has an id that only the prompt decides", () => {
    const reply = replyMessage(to, { stopReason: "end_turn", text: "a" });
    expect(reply).toMatchObject({ id: reportId("s", "m"), replyTo: "m", kind: "reply" });
    expect(failedMessage(to, { code: "x", text: "b" })).toMatchObject({ id: reply.id, kind: "failed" });
    expect(reportId("t", "m")).not.toBe(reply.id);
  });
});
