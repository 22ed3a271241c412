import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { systemCode } from "../errors.ts";

const TEMPORARY = /^\..+\.[0-9a-f]{12}\.(tmp|new)$/;

/** What nobody finished in this time belongs to a dead writer. */
export const LITTER_MS = 36 * 60 * 60 * 1000;

/** Removes what writers that died left in a directory: half-written files and half-built sessions. Returns how many went. */
export async function pruneTemporaries(directory: string, clock: Clock = systemClock): Promise<number> {
  const old = listing(directory).filter((name) => {
    if (!TEMPORARY.test(name)) return false;
    const stats = lstatSync(join(directory, name), { throwIfNoEntry: false });
    return stats !== undefined && clock.now() - stats.ctimeMs > LITTER_MS;
  });
  for (const name of old) rmSync(join(directory, name), { recursive: true, force: true });
  return old.length;
}

function listing(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
