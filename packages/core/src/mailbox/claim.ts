import { linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { isMachineError, systemCode } from "../errors.ts";
import { syncDirectory } from "../fs/flush.ts";
import { readRegular } from "../fs/safe-open.ts";
import { claimedPath, donePath, messageName, messagePath } from "../layout/message-file.ts";
import type { Inbound } from "../schema/inbound.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { baselineOf, type InboxState } from "./inbox-state.ts";
import { parseInbound } from "./parse-message.ts";
import { dropNote, noteRead } from "./read-note.ts";
import { moveToBad } from "./rejected.ts";
import type { ReadyMessage } from "./scan.ts";

/** A message that this session has taken. The file's name says the same, and survives. */
export interface ClaimedMessage {
  id: string;
  /** Counts from 1. More than 1: an earlier attempt was started and may have partly run. */
  attempt: number;
  /** The work was begun; after a recovery it may have partly run. */
  started: boolean;
  message: Inbound;
  path: string;
}

export interface ClaimOptions {
  /** The work begins at once: C3 comes with C2, and both are on the disk before this returns. */
  start?: boolean;
}

/** C2: takes a ready message. Null when it vanished or is no longer what was seen; a later scan tells. */
export async function claimMessage(
  state: InboxState,
  ready: ReadyMessage,
  options: ClaimOptions = {},
): Promise<ClaimedMessage | null> {
  const { box } = state;
  const { id } = ready;
  const from = messagePath(box, id);
  const name = messageName(id);
  const sighting = state.sightings.get(name);
  state.sightings.delete(name);
  // Taken meanwhile under this id: the next scan finds out whether this is the same message.
  if (state.claimed().has(id) || isPresent(donePath(box, id))) return null;
  const path = claimedPath(box, { id, attempt: 1, started: false });
  try {
    renameSync(from, path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
  state.claimed().set(id, path);
  const message = verify(state, { id, path, digest: sighting?.digest, message: ready.message });
  const started = options.start === true && message !== null;
  const last = started ? renameStarted(state, { id, path }) : path;
  await Promise.all([syncDirectory(box.path), syncDirectory(box.claimed)]);
  if (message !== null) return { id, attempt: 1, started, message, path: last };
  await putBack(state, { id, path });
  return null;
}

function renameStarted(state: InboxState, claim: { id: string; path: string }): string {
  const path = claimedPath(state.box, { id: claim.id, attempt: 1, started: true });
  renameSync(claim.path, path);
  state.claimed().set(claim.id, path);
  return path;
}

/** What was really taken: a writer may have replaced the file since the scan. */
function verify(
  state: InboxState,
  claim: { id: string; path: string; digest: string | undefined; message: Inbound },
): Inbound | null {
  try {
    const { bytes } = readRegular(claim.path, { limit: MESSAGE_LIMIT });
    const baseline = baselineOf(bytes);
    state.baselines.set(claim.id, baseline);
    noteRead(state.box, claim.id, baseline);
    if (baseline.digest === claim.digest) return claim.message;
    const parsed = parseInbound(bytes, { id: claim.id, createdAt: claim.message.createdAt });
    return parsed.state === "message" ? parsed.message : null;
  } catch (error) {
    if (isMachineError(error)) throw error;
    return null;
  }
}

async function putBack(state: InboxState, claim: { id: string; path: string }): Promise<void> {
  const { box } = state;
  state.baselines.delete(claim.id);
  dropNote(box, claim.id);
  try {
    // By link, not by rename: a newer file of that name must not be lost.
    linkSync(claim.path, messagePath(box, claim.id));
    unlinkSync(claim.path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const reason = "superseded: another file took its name before it was whole";
    if (await moveToBad(box, claim, reason)) state.onRejected(claim.id, reason);
  }
  state.claimed().delete(claim.id);
  await Promise.all([syncDirectory(box.path), syncDirectory(box.claimed)]);
}

function isPresent(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
