import { join } from "node:path";
import { ID_PATTERN } from "../ids.ts";
import type { Box } from "./session-directory.ts";

const ENDING = ".msg";
const CLAIMED = /^([A-Za-z0-9_-]{1,64})\.a([1-9][0-9]{0,5})(\.started)?\.msg$/;

/** The name of a message file in a box. */
export function messageName(id: string): string {
  return id + ENDING;
}

/** The id of a file `<id>.msg`; null for any other name. */
export function messageIdOf(name: string): string | null {
  if (!name.endsWith(ENDING)) return null;
  const id = name.slice(0, -ENDING.length);
  return ID_PATTERN.test(id) ? id : null;
}

export function messagePath(box: Box, id: string): string {
  return join(box.path, messageName(id));
}

export function donePath(box: Box, id: string): string {
  return join(box.done, messageName(id));
}

/** What the name of a claimed file says: the journal of a message. */
export interface ClaimedName {
  readonly id: string;
  readonly attempt: number;
  readonly started: boolean;
}

export function claimedPath(box: Box, claimed: ClaimedName): string {
  return join(box.claimed, `${claimed.id}.a${claimed.attempt}${claimed.started ? ".started" : ""}${ENDING}`);
}

export function parseClaimedName(name: string): ClaimedName | null {
  const found = CLAIMED.exec(name);
  return found === null ? null : { id: found[1]!, attempt: Number(found[2]), started: found[3] !== undefined };
}
