import type { AgentDescriptor } from "./agent.ts";

/** `claude-agent-acp`. By itself it starts in a mode that asks another model about every command. */
export const claude: AgentDescriptor = {
  name: "claude",
  mode: "bypassPermissions",
  loadsAfterCrash: true,
  prepare({ home, model, key }) {
    return {
      variables: {
        CLAUDE_CONFIG_DIR: `${home}/.claude`,
        CLAUDE_CODE_TMPDIR: `${home}/tmp`,
        DISABLE_AUTOUPDATER: "1",
        DISABLE_TELEMETRY: "1",
        DISABLE_ERROR_REPORTING: "1",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        // A wrong key is tried again for more than 90 s otherwise.
        CLAUDE_CODE_MAX_RETRIES: "2",
        // Without it bypassPermissions is refused to root. What stands around the agent is our business.
        IS_SANDBOX: "1",
        ...(model === null ? {} : { ANTHROPIC_BASE_URL: model.baseUrl.replace(/\/v1\/?$/, "") }),
        ...(key === undefined ? {} : { ANTHROPIC_API_KEY: key }),
        ...(model?.id === undefined ? {} : { ANTHROPIC_MODEL: model.id, ANTHROPIC_SMALL_FAST_MODEL: model.id }),
      },
      files: [],
    };
  },
};
