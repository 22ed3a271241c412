import { opendirSync } from "node:fs";
import { messageIdOf, systemCode, type Box } from "@harness/core";

/** True when a file waits in the inbox that an agent process takes for a message. A directory that cannot be read has none. */
export function hasMail(inbox: Box): boolean {
  return hasName(inbox.path, (name) => messageIdOf(name) !== null);
}

/** True when something was taken out of the inbox and not finished. */
export function hasClaimed(inbox: Box): boolean {
  return hasName(inbox.claimed, (name) => name.endsWith(".msg"));
}

// Read entry by entry: there may be a hundred thousand, and one is enough.
function hasName(path: string, accepts: (name: string) => boolean): boolean {
  try {
    const directory = opendirSync(path);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (accepts(entry.name)) return true;
      }
      return false;
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
