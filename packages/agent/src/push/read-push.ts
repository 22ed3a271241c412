import type { Push } from "./open-with-push.ts";

/** How whoever starts this process names what the session may push with. No coding agent is told. */
const VARIABLES = { socket: "HARNESS_PUSH_SOCKET", workerKey: "HARNESS_PUSH_KEY", remote: "HARNESS_PUSH_REMOTE" };

/** Null where the session may not push. */
export function readPush(own: NodeJS.ProcessEnv): Push | null {
  const { [VARIABLES.socket]: socket, [VARIABLES.workerKey]: workerKey, [VARIABLES.remote]: remote } = own;
  return socket && workerKey && remote ? { socket, workerKey, remote } : null;
}

/** What git inside the session finds its remote by. */
export function pushEnvironment(push: Push | null, gitConfig: string): Record<string, string> {
  return push === null ? {} : { GIT_CONFIG_SYSTEM: gitConfig, GIT_TERMINAL_PROMPT: "0" };
}
