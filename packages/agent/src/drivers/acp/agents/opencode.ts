import type { AgentDescriptor } from "./agent.ts";

const PACKAGES: Readonly<Record<string, string>> = {
  anthropic: "@ai-sdk/anthropic",
  "openai-responses": "@ai-sdk/openai",
  "openai-chat": "@ai-sdk/openai-compatible",
  gemini: "@ai-sdk/google",
};

/** `opencode acp --pure`. */
export const opencode: AgentDescriptor = {
  name: "opencode",
  loadsAfterCrash: true,
  prepare({ home, model }) {
    const id = model?.id ?? "default";
    const config = {
      share: "disabled",
      autoupdate: false,
      permission: { edit: "allow", bash: "allow" },
      ...(model === null
        ? {}
        : {
            model: `harness/${id}`,
            // Else it looks for one of its own to make titles with.
            small_model: `harness/${id}`,
            provider: {
              harness: {
                npm: PACKAGES[model.wire],
                options: {
                  baseURL: withVersion(model.baseUrl, model.wire),
                  ...(model.keyEnv === undefined ? {} : { apiKey: `{env:${model.keyEnv}}` }),
                },
                models: { [id]: {} },
              },
            },
          }),
    };
    return {
      variables: {
        OPENCODE_CONFIG: `${home}/.opencode.json`,
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_MODELS_FETCH: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      },
      files: [{ path: ".opencode.json", text: `${JSON.stringify(config, null, 2)}\n` }],
    };
  },
};

function withVersion(baseUrl: string, wire: string): string {
  const trimmed = baseUrl.replace(/\/$/, "");
  if (/\/v\d+(?:beta)?$/.test(trimmed)) return trimmed;
  return wire === "gemini" ? `${trimmed}/v1beta` : `${trimmed}/v1`;
}
