import type { AgentDescriptor } from "./agent.ts";

/** An agent that nothing is known about: it brings its own settings, by `agent.env` of session.json. */
export const plain: AgentDescriptor = {
  name: "plain",
  loadsAfterCrash: true,
  prepare: () => ({ variables: {}, files: [] }),
};
