import type { AgentDescriptor } from "./agent.ts";

const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" } },
  general: { enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
};

/** `gemini --acp -y`, with `-m <model>` in its command. */
export const gemini: AgentDescriptor = {
  name: "gemini",
  mode: "yolo",
  // Loading fails within a minute after a kill, and the attempt damages what it could not load.
  loadsAfterCrash: false,
  prepare({ home, model, key }) {
    return {
      variables: {
        GEMINI_CLI_HOME: home,
        GEMINI_CLI_TRUST_WORKSPACE: "true",
        // It starts itself again otherwise, and one of the two outlives a SIGTERM.
        GEMINI_CLI_NO_RELAUNCH: "true",
        ...(model === null ? {} : { GOOGLE_GEMINI_BASE_URL: model.baseUrl.replace(/\/v1(?:beta)?\/?$/, "") }),
        ...(key === undefined ? {} : { GEMINI_API_KEY: key }),
        ...(model?.id === undefined ? {} : { GEMINI_MODEL: model.id }),
      },
      files: [{ path: ".gemini/settings.json", text: `${JSON.stringify(SETTINGS, null, 2)}\n` }],
    };
  },
};
