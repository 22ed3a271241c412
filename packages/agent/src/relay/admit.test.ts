import { describe, expect, it } from "vitest";
import { relayUrl } from "../model/relay-url.ts";
import { admit } from "./admit.ts";
import { isModelCall } from "./model-path.ts";
import { parseUpstream } from "../model/upstream.ts";

const HOST = "127.0.0.1:4000";

/** What the upstream is asked for when a coding agent asks `path` of the relay before `base`. */
function target(base: string, path: string): string | number {
  const upstream = parseUpstream(base);
  const admission = admit({ prefix: "secret", host: HOST, upstream }, { target: `/secret${path}`, host: HOST });
  return admission.admitted ? admission.target : admission.status;
}

describe("what coding agents append", () => {
  it.each([
    ["https://api.anthropic.com", "", "/v1/messages", "/v1/messages"],
    ["https://api.anthropic.com/", "", "/v1/messages", "/v1/messages"],
    ["http://127.0.0.1:11434/v1", "/v1", "/chat/completions", "/v1/chat/completions"],
    ["https://gateway.example/openai/v1/", "/openai/v1", "/responses", "/openai/v1/responses"],
    [
      "https://g.example/v1beta",
      "/v1beta",
      "/models/m:streamGenerateContent?alt=sse",
      "/v1beta/models/m:streamGenerateContent?alt=sse",
    ],
    ["https://a.example/v1?key=1", "/v1", "/chat/completions", "/v1/chat/completions?key=1"],
  ])("is joined to %s", (base, path, appended, expected) => {
    const url = new URL(relayUrl({ prefix: "secret", host: HOST }, parseUpstream(base).path));
    expect(url.pathname).toBe(`/secret${path}` === "/secret" ? "/secret" : `/secret${path}`);
    expect(target(base, `${path}${appended}`)).toBe(expected);
  });

  it("may replace the version at the end, and leads nowhere else", () => {
    expect(target("https://gateway.example/openai/v1", "/openai/v2/responses")).toBe("/openai/v2/responses");
    expect(target("https://gateway.example/openai/v1", "/other/v1/responses")).toBe(404);
    expect(target("https://gateway.example/openai/v1", "/openai/../other")).toBe(400);
    expect(target("https://gateway.example/openai/v1", "/openai/%2e%2E/other")).toBe(400);
    expect(target("https://gateway.example/openai/v1", "/openai/..%2fother")).toBe(400);
    expect(target("https://gateway.example/openai/v1", "/openai/..%5cother")).toBe(400);
    expect(target("https://gateway.example", "/v1/a\u0000b")).toBe(400);
  });
});

describe("a request", () => {
  it("under another name, path or form is refused", () => {
    const gate = { prefix: "secret", host: HOST, upstream: parseUpstream("https://a.example") };
    const status = (asked: string, host: string | undefined) => {
      const admission = admit(gate, { target: asked, host });
      return admission.admitted ? 200 : admission.status;
    };
    expect(status("/secret/v1/messages", HOST)).toBe(200);
    expect(status("/secret/v1/messages", "127.0.0.1:4001")).toBe(421);
    expect(status("/secret/v1/messages", "localhost:4000")).toBe(421);
    expect(status("/secret/v1/messages", undefined)).toBe(421);
    expect(status(`http://${HOST}/secret/v1/messages`, HOST)).toBe(400);
    expect(status("*", HOST)).toBe(400);
    expect(status("/secre/v1/messages", HOST)).toBe(404);
    expect(status("/secrets/v1/messages", HOST)).toBe(404);
  });

  it("is a model call where a reply is asked for", () => {
    for (const path of ["/v1/messages", "/x/chat/completions?a", "/v1/responses", "/v1beta/models/m:generateContent"])
      expect([path, isModelCall("POST", path)]).toEqual([path, true]);
    for (const path of [
      "/v1/messages/count_tokens",
      "/v1/models",
      "/v1beta/models/m:countTokens",
      "/api/event_logging",
    ])
      expect([path, isModelCall("POST", path)]).toEqual([path, false]);
    expect(isModelCall("GET", "/v1/responses")).toBe(false);
  });
});
