import { lstatSync } from "node:fs";
import { join } from "node:path";
import { fileTimestamp } from "../clock.ts";
import { isHarnessError, isMachineError, systemCode } from "../errors.ts";
import { readRegular } from "../fs/safe-open.ts";
import { parseClaimedName } from "../layout/message-file.ts";
import type { Inbound } from "../schema/inbound.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { rejectMessage } from "./attempt.ts";
import type { ClaimedMessage } from "./claim.ts";
import { baselineOf, type InboxState } from "./inbox-state.ts";
import { listNames } from "./known-message.ts";
import { comparePlaces, placeOf } from "./message-order.ts";
import { parseInbound, promptOf } from "./parse-message.ts";
import { dropNote, noteIdOf, partRead } from "./read-note.ts";

/** What an earlier process took and did not settle, in order: what was started first. What cannot be read goes to `.bad`. */
export async function recoverClaimed(state: InboxState): Promise<ClaimedMessage[]> {
  const found: ClaimedMessage[] = [];
  const names = listNames(state.box.claimed);
  for (const name of names) {
    const parsed = parseClaimedName(name);
    if (parsed === null) continue;
    const path = join(state.box.claimed, name);
    state.claimed().set(parsed.id, path);
    const read = readClaimedMessage(state, { ...parsed, path });
    if (typeof read !== "string") found.push({ ...parsed, path, message: read });
    else await setAside(state, { ...parsed, path, message: promptOf("", { id: parsed.id, createdAt: "" }) }, read);
  }
  dropStrayNotes(state, names);
  return found.toSorted(
    (one, other) => Number(other.started) - Number(one.started) || comparePlaces(place(one), place(other)),
  );
}

// Left by a process that died between settling a message and this.
function dropStrayNotes(state: InboxState, names: string[]): void {
  for (const name of names) {
    const id = noteIdOf(name);
    if (id !== null && !state.claimed().has(id)) dropNote(state.box, id);
  }
}

/** What cannot even be moved away is told, and left to the next process. */
async function setAside(state: InboxState, claimed: ClaimedMessage, reason: string): Promise<void> {
  try {
    await rejectMessage(state, claimed, reason);
  } catch (error) {
    state.onRejected(claimed.id, `${reason}; it stays where it is: ${systemCode(error) ?? String(error)}`);
  }
}

/** The message of a claimed file, or the reason why it is none. */
function readClaimedMessage(state: InboxState, claimed: { id: string; path: string }): Inbound | string {
  try {
    const { bytes: all, facts } = readRegular(claimed.path, { limit: MESSAGE_LIMIT, links: Infinity });
    const bytes = partRead(state.box, claimed.id, all);
    const origin = { id: claimed.id, createdAt: fileTimestamp(facts.mtimeMs, state.clock.now()) };
    const parsed = parseInbound(bytes, origin);
    state.baselines.set(claimed.id, baselineOf(bytes));
    if (parsed.state === "message") return parsed.message;
    if (parsed.state === "rejected") return parsed.reason;
    const text = new TextDecoder().decode(bytes);
    return text === "" ? "empty: there is no text in it" : promptOf(text, origin);
  } catch (error) {
    if (isHarnessError(error)) return `${String(error.details["reason"])}: ${error.message}`;
    // Nothing of the message is wrong: the next process finds it.
    if (isMachineError(error)) throw error;
    return `unreadable: ${systemCode(error) ?? String(error)}`;
  }
}

function place(claimed: ClaimedMessage) {
  const modifiedAt = lstatSync(claimed.path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return placeOf(claimed.id, { modifiedAt, lookedBeforeAt: 0, nowAt: Infinity });
}
