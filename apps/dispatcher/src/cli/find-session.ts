import { existsSync } from "node:fs";
import { HarnessError, parseId, resolveSession, type StateRoot } from "@harness/core";

/** The id that a person means. Throws what `resolveSession` throws; before the first start there is no session at all. */
export function findSession(root: StateRoot, text: string): string {
  parseId(text, "session id");
  if (existsSync(root.path)) return resolveSession(root, text);
  throw new HarnessError("session-not-found", `There is no session ${text}: ${root.path} does not exist.`, {
    hint: "`harness spawn` starts the first session. HARNESS_HOME names another state root.",
  });
}
