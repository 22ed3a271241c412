import { existsSync, readdirSync } from "node:fs";
import { HarnessError, systemCode } from "../errors.ts";
import { isId } from "../ids.ts";
import type { StateRoot } from "../layout/state-root.ts";

/** The ids of all sessions, sorted. Throws `storage-lost` when the state root, or the sessions of a root that had some, are gone. */
export function listSessionIds(root: StateRoot): string[] {
  try {
    return readdirSync(root.sessions, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isId(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    if (existsSync(root.path) && !existsSync(root.run.sentinel)) return [];
    throw new HarnessError("storage-lost", `${existsSync(root.path) ? root.sessions : root.path} is not there.`, {
      cause: error,
    });
  }
}
