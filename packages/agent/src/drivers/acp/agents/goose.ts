import type { AgentDescriptor } from "./agent.ts";

/** `goose acp --with-builtin developer`. Everything is a variable. */
export const goose: AgentDescriptor = {
  name: "goose",
  loadsAfterCrash: true,
  prepare({ home, model, key }) {
    return {
      variables: {
        GOOSE_PATH_ROOT: `${home}/.goose`,
        GOOSE_DISABLE_KEYRING: "1",
        GOOSE_TELEMETRY_ENABLED: "false",
        GOOSE_MODE: "auto",
        ...(model === null ? {} : modelVariables(model.wire, model.baseUrl, key)),
        ...(model?.id === undefined ? {} : { GOOSE_MODEL: model.id }),
      },
      files: [],
    };
  },
};

// What an agent lacks it asks the terminal for: without a key it would not start, although a local model wants none.
const NO_KEY = "none";

function modelVariables(wire: string, baseUrl: string, key = NO_KEY): Record<string, string> {
  const host = baseUrl.replace(/\/v1(?:beta)?\/?$/, "");
  if (wire === "anthropic") return { GOOSE_PROVIDER: "anthropic", ANTHROPIC_HOST: host, ANTHROPIC_API_KEY: key };
  if (wire === "gemini") return { GOOSE_PROVIDER: "google", GOOGLE_HOST: host, GOOGLE_API_KEY: key };
  return { GOOSE_PROVIDER: "openai", OPENAI_HOST: host, OPENAI_API_KEY: key };
}
