import type { AgentDescriptor } from "./agent.ts";

/** `codex-acp`. Takes its model from config.toml; its own sandbox keeps `.git` read-only, so the wall is ours to build. */
export const codex: AgentDescriptor = {
  name: "codex",
  mode: "agent-full-access",
  loadsAfterCrash: true,
  prepare({ home, model }) {
    const text = (value: string) => JSON.stringify(value);
    const provider = model && [
      `model_provider = "harness"`,
      ...(model.id === undefined ? [] : [`model = ${text(model.id)}`]),
    ];
    const lines = [
      ...(provider ?? []),
      "check_for_update_on_startup = false",
      "",
      "[analytics]",
      "enabled = false",
      "",
      "# Each of these asks the network at every start.",
      "[features]",
      "plugins = false",
      "apps = false",
      "remote_plugin = false",
      "# Writes all variables of its shell into a file, the key among them.",
      "shell_snapshot = false",
    ];
    if (model?.keyEnv !== undefined) {
      // Its commands have no use for the key, and what they print is in every log.
      lines.push("", "[shell_environment_policy]", `exclude = [${text(model.keyEnv)}]`);
    }
    if (model) {
      lines.push(
        "",
        "[model_providers.harness]",
        `name = "harness"`,
        `base_url = ${text(withVersion(model.baseUrl))}`,
        ...(model.keyEnv === undefined ? [] : [`env_key = ${text(model.keyEnv)}`]),
        `wire_api = ${model.wire === "openai-chat" ? '"chat"' : '"responses"'}`,
        "request_max_retries = 2",
        "stream_max_retries = 2",
      );
    }
    return {
      variables: { CODEX_HOME: `${home}/.codex`, NO_BROWSER: "1" },
      files: [{ path: ".codex/config.toml", text: `${lines.join("\n")}\n` }],
    };
  },
};

function withVersion(baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/$/, "");
  return /\/v\d+$/.test(trimmed) ? trimmed : `${trimmed}/v1`;
}
