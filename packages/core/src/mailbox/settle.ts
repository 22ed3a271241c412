import { renameSync } from "node:fs";
import { isHarnessError, systemCode } from "../errors.ts";
import { syncDirectory } from "../fs/flush.ts";
import { MESSAGE_NAMESPACE, uuid5 } from "../ids.ts";
import { donePath } from "../layout/message-file.ts";
import type { ClaimedMessage } from "./claim.ts";
import { type Baseline, digestOf, type InboxState } from "./inbox-state.ts";
import { readKnown } from "./known-message.ts";
import { parseInbound, promptOf } from "./parse-message.ts";
import { publishEnvelope } from "./publish-envelope.ts";
import { publishMessage } from "./publish.ts";
import { dropNote } from "./read-note.ts";

export interface Settled {
  /** What a slow writer added after the message was taken. It is in the inbox already, as a prompt of its own. */
  amendment?: string;
}

/** C6: the message is done. Bytes that arrived after the claim are first put into the inbox as a prompt of their own. */
export async function settleMessage(state: InboxState, claimed: ClaimedMessage): Promise<Settled> {
  const { box } = state;
  const bytes = readKnown(claimed.path);
  const amendment = bytes === null ? null : amendmentOf(bytes, claimed, state.baselines.get(claimed.id));
  if (amendment !== null) await publishAmendment(state, claimed, amendment);
  try {
    renameSync(claimed.path, donePath(box, claimed.id));
  } catch (error) {
    // Settled before; a lost answer makes the caller ask again.
    if (systemCode(error) !== "ENOENT" || readKnown(donePath(box, claimed.id)) === null) throw error;
  }
  dropNote(box, claimed.id);
  await Promise.all([syncDirectory(box.done), syncDirectory(box.claimed)]);
  state.claimed().delete(claimed.id);
  state.baselines.delete(claimed.id);
  return amendment === null ? {} : { amendment: textOf(amendment) };
}

function amendmentOf(bytes: Uint8Array, claimed: ClaimedMessage, baseline: Baseline | undefined): Uint8Array | null {
  if (baseline === undefined || digestOf(bytes) === baseline.digest) return null;
  const parsed = parseInbound(bytes, { id: claimed.id, createdAt: claimed.message.createdAt });
  if (parsed.state === "message" && JSON.stringify(parsed.message) === JSON.stringify(claimed.message)) return null;
  const begins = bytes.length >= baseline.length && digestOf(bytes.subarray(0, baseline.length)) === baseline.digest;
  const late = begins ? bytes.subarray(baseline.length) : bytes;
  return textOf(late).trim() === "" ? null : late;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function publishAmendment(state: InboxState, claimed: ClaimedMessage, late: Uint8Array): Promise<void> {
  const text = textOf(late);
  const id = uuid5(MESSAGE_NAMESPACE, `${claimed.id}/amendment/${digestOf(Buffer.from(text))}`);
  const { createdAt } = claimed.message;
  try {
    // An earlier process that published it may have seen another time: late bytes change that of their file.
    await publishEnvelope(state.box, { ...promptOf(text, { id, createdAt }), replyTo: claimed.id });
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "message-too-large") throw error;
    // As they came: plain text needs no more room than it takes.
    await publishMessage(state.box, { id, bytes: late });
  }
}
