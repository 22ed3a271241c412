import { describe, expect, it } from "vitest";
import { configure } from "./configuration.ts";

type Providers = Record<string, { baseUrl: string; apiKey: string; api?: string; models?: { id: string }[] }>;
const providersOf = (choice: Parameters<typeof configure>[0]) =>
  (configure(choice).models as { providers: Providers }).providers;

describe("Pi's configuration", () => {
  it("holds the key's variable and keeps what Pi knows of the vendor's models", () => {
    const choice = {
      wire: "anthropic",
      baseUrl: "https://api.anthropic.com",
      keyEnv: "A_KEY",
      id: "new-model",
    } as const;
    expect(providersOf(choice)).toEqual({
      anthropic: { baseUrl: "https://api.anthropic.com", apiKey: "${A_KEY}" },
      harness: {
        baseUrl: "https://api.anthropic.com",
        apiKey: "${A_KEY}",
        api: "anthropic-messages",
        models: [{ id: "new-model" }],
      },
    });
    expect(configure(choice)).toMatchObject({
      settings: { defaultProvider: "anthropic", defaultModel: "new-model" },
      model: { id: "new-model", providers: ["anthropic", "harness"] },
    });
  });

  it.each([
    ["anthropic", "https://api.anthropic.com", "https://api.anthropic.com"],
    ["anthropic", "https://gateway.test/claude/v1/", "https://gateway.test/claude"],
    ["openai-responses", "https://api.openai.com/v1", "https://api.openai.com/v1"],
    ["openai-responses", "http://127.0.0.1:9/secret", "http://127.0.0.1:9/secret/v1"],
    ["openai-chat", "http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"],
    ["openai-chat", "http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"],
    ["gemini", "https://generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta"],
    ["gemini", "http://127.0.0.1:9/secret/v1beta", "http://127.0.0.1:9/secret/v1beta"],
  ] as const)("asks over %s at %s under %s", (wire, baseUrl, url) => {
    expect(providersOf({ wire, baseUrl, id: "m" })["harness"]).toMatchObject({ baseUrl: url, apiKey: "none" });
  });

  it.each(["!touch /tmp/x", "A KEY", "1KEY", "A}${B", ""])("takes no variable called %j", (keyEnv) => {
    const choice = { wire: "gemini", baseUrl: "http://127.0.0.1:9", keyEnv } as const;
    expect(() => configure(choice)).toThrow("names no variable");
  });
});
