import { readdirSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.ts";
import { readRegular } from "../fs/safe-open.ts";
import { donePath, messagePath, parseClaimedName } from "../layout/message-file.ts";
import type { Box } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";

/** Where an id of this box stands already, or null. The box itself, what is claimed and what is done all count. */
export function findKnown(box: Box, id: string): Uint8Array | null {
  return readKnown(messagePath(box, id)) ?? readClaimed(box, id) ?? readKnown(donePath(box, id));
}

/** The bytes under a path of our own; null when absent. What is there and cannot be read equals nothing. */
export function readKnown(path: string): Uint8Array | null {
  try {
    return readRegular(path, { limit: MESSAGE_LIMIT, links: Infinity }).bytes;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "session-damaged") return new Uint8Array();
    throw error;
  }
}

/** What stands in `.claimed`, by id. */
export function listClaimed(box: Box): Map<string, string> {
  const claimed = new Map<string, string>();
  for (const name of listNames(box.claimed)) {
    const parsed = parseClaimedName(name);
    if (parsed !== null) claimed.set(parsed.id, join(box.claimed, name));
  }
  return claimed;
}

/** The names in a directory; none when it is absent. */
export function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function readClaimed(box: Box, id: string): Uint8Array | null {
  // A claimed file is renamed as its turn goes on; when it slips away it stands under its next name.
  for (let look = 0; look < 3; look += 1) {
    const path = listClaimed(box).get(id);
    if (path === undefined) return null;
    const bytes = readKnown(path);
    if (bytes !== null) return bytes;
  }
  return null;
}
