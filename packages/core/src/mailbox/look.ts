import { lstatSync, type Stats } from "node:fs";
import { fileTimestamp } from "../clock.ts";
import { unlinkIfPresent } from "../fs/durable.ts";
import { readRegular } from "../fs/safe-open.ts";
import { isHarnessError, isMachineError, systemCode } from "../errors.ts";
import { donePath, messageName, messagePath } from "../layout/message-file.ts";
import type { Inbound } from "../schema/inbound.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { isSameAppearance, judgeCompleteness, type Verdict } from "./completeness.ts";
import { digestOf, type InboxState, type Sighting } from "./inbox-state.ts";
import { readKnown } from "./known-message.ts";
import { type ParsedMessage, parseInbound, promptOf } from "./parse-message.ts";
import { unlinkTemporaryNames } from "./publish.ts";
import { moveToBad } from "./rejected.ts";

/** What a look at one file came to. `unsure`: finished, unless somebody still has it open for writing. */
export type Look = "gone" | "waiting" | "ready" | { unsure: Verdict; ino: number; settle(): Promise<Look> };

/** Scans between two tries to move away a file that could not be moved. */
const RETRY_EVERY = 32;

/**
 * Looks at one file of the inbox: rejects what can never be a message, reads what may be one. Never throws for what is
 * wrong with the file.
 */
export async function lookAt(state: InboxState, sighting: Sighting): Promise<Look> {
  if (state.ignored.has(messageName(sighting.id)) && state.scans % RETRY_EVERY !== 0) return "waiting";
  const look = await contain(state, sighting, () => lookInto(state, sighting));
  if (typeof look === "string") return look;
  return { ...look, settle: () => contain(state, sighting, look.settle) };
}

/** What fails for one file is the matter of that file: the others go on. */
async function contain(state: InboxState, sighting: Sighting, look: () => Promise<Look>): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    if (!isMachineError(error)) return reject(state, sighting, `unreadable: ${systemCode(error) ?? String(error)}`);
    sighting.state = "waiting";
    sighting.appearance = null;
    return "waiting";
  }
}

async function lookInto(state: InboxState, sighting: Sighting): Promise<Look> {
  const path = messagePath(state.box, sighting.id);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return forget(state, sighting);
  if (!stats.isFile()) return reject(state, sighting, "not-regular: only a plain file is a message");
  if (stats.nlink > 1 && hasForeignLink(state, sighting)) {
    return reject(state, sighting, "hard-link: the file has a second name elsewhere");
  }
  if (stats.size > MESSAGE_LIMIT) return reject(state, sighting, `too-large: more than ${MESSAGE_LIMIT} bytes`);
  const still = noteAppearance(state, sighting, stats);
  if (stats.size === 0) return hold(state, sighting, { content: "empty", still });
  // Nothing new to read: plain text and the start of an envelope are read when first seen and when they count as finished.
  if (still > 0 && judgeCompleteness("text", still) === "wait")
    return hold(state, sighting, { content: "text", still });
  const read = readMessage(state, sighting);
  if (read === null) return "waiting";
  const { bytes, parsed } = read;
  if (parsed.state === "rejected") return reject(state, sighting, parsed.reason);
  if (parsed.state === "message") return accept(state, sighting, { bytes, message: parsed.message });
  return hold(state, sighting, { content: parsed.state, still });
}

/** Reads the message of a ready file again that was not kept in memory. What changed meanwhile is looked at anew. */
export function reload(state: InboxState, sighting: Sighting): void {
  const read = readAgain(state, sighting);
  if (read === null || digestOf(read.bytes) !== sighting.digest) {
    sighting.state = "new";
    return;
  }
  const { parsed, createdAt } = read;
  if (parsed.state === "message") sighting.message = parsed.message;
  if (parsed.state === "text") sighting.message = promptOf(parsed.text, { id: sighting.id, createdAt });
}

function readAgain(state: InboxState, sighting: Sighting): ReadMessage | null {
  try {
    return readMessage(state, sighting);
  } catch {
    // The next look tells what became of it.
    return null;
  }
}

interface Held {
  content: "empty" | "prefix" | "text";
  still: number;
}

function hold(state: InboxState, sighting: Sighting, { content, still }: Held): Look {
  sighting.state = "waiting";
  const verdict = judgeCompleteness(content, still);
  if (verdict === "wait" || sighting.appearance === null) return "waiting";
  const settle = () => (verdict === "whole" ? acceptText(state, sighting) : giveUp(state, sighting, content));
  return { unsure: verdict, ino: sighting.appearance.ino, settle };
}

async function acceptText(state: InboxState, sighting: Sighting): Promise<Look> {
  const seen = sighting.appearance;
  const read = readMessage(state, sighting);
  if (read === null || seen === null || !isSameAppearance(seen, read.appearance)) return "waiting";
  const { bytes, parsed, createdAt } = read;
  if (parsed.state !== "text") return "waiting";
  if (parsed.text === "") return reject(state, sighting, "empty: there is no text in it");
  return accept(state, sighting, { bytes, message: promptOf(parsed.text, { id: sighting.id, createdAt }) });
}

function giveUp(state: InboxState, sighting: Sighting, content: Held["content"]): Promise<Look> {
  const what = content === "empty" ? "the file stayed empty" : "the file ends in the middle of a JSON object";
  return reject(state, sighting, `incomplete: ${what} and nobody has it open`);
}

async function accept(
  state: InboxState,
  sighting: Sighting,
  whole: { bytes: Uint8Array; message: Inbound },
): Promise<Look> {
  const { box } = state;
  const known = readKnown(state.claimed().get(sighting.id) ?? "") ?? readKnown(donePath(box, sighting.id));
  if (known !== null && Buffer.compare(known, whole.bytes) !== 0) {
    return reject(state, sighting, "id-conflict: a message with other bytes was taken under this id before");
  }
  if (known !== null) {
    unlinkIfPresent(messagePath(box, sighting.id));
    return forget(state, sighting);
  }
  sighting.state = "ready";
  sighting.kind = whole.message.kind;
  sighting.message = whole.message;
  sighting.digest = digestOf(whole.bytes);
  return "ready";
}

async function reject(state: InboxState, sighting: Sighting, reason: string): Promise<Look> {
  const path = messagePath(state.box, sighting.id);
  try {
    if (await moveToBad(state.box, { path, id: sighting.id }, reason)) state.onRejected(sighting.id, reason);
    return forget(state, sighting);
  } catch (error) {
    // The file stays, a later scan tries again, and the other messages go on.
    sighting.state = "waiting";
    if (!isHarnessError(error) && !isMachineError(error)) tellStuck(state, sighting, { reason, error });
    return "waiting";
  }
}

/** Once for each file that can neither be taken nor moved away: only a person can help. */
function tellStuck(state: InboxState, sighting: Sighting, why: { reason: string; error: unknown }): void {
  const name = messageName(sighting.id);
  if (state.ignored.has(name)) return;
  state.ignored.add(name);
  state.onRejected(sighting.id, `${why.reason}; it stays where it is: ${systemCode(why.error) ?? String(why.error)}`);
}

function forget(state: InboxState, sighting: Sighting): "gone" {
  state.sightings.delete(messageName(sighting.id));
  return "gone";
}

/** Remembers how the file looks; returns for how long it has looked like that. */
function noteAppearance(state: InboxState, sighting: Sighting, stats: Stats): number {
  const now = state.clock.monotonic();
  const appearance = { ino: stats.ino, size: stats.size, mtimeMs: stats.mtimeMs };
  if (sighting.appearance === null || !isSameAppearance(sighting.appearance, appearance)) {
    sighting.appearance = appearance;
    sighting.changedAt = now;
  }
  return now - sighting.changedAt;
}

// A publisher's own temporary name is a second name too, for the moment between link and unlink or for ever if it died there.
function hasForeignLink(state: InboxState, sighting: Sighting): boolean {
  unlinkTemporaryNames(state.box, sighting.id);
  return (lstatSync(messagePath(state.box, sighting.id), { throwIfNoEntry: false })?.nlink ?? 1) > 1;
}

interface ReadMessage {
  bytes: Uint8Array;
  appearance: { ino: number; size: number; mtimeMs: number };
  createdAt: string;
  parsed: ParsedMessage<Inbound>;
}

/** Null when the file changed its nature between the two looks at it; the next scan sees what it is. */
function readMessage(state: InboxState, sighting: Sighting): ReadMessage | null {
  try {
    const { bytes, facts } = readRegular(messagePath(state.box, sighting.id), { limit: MESSAGE_LIMIT });
    const createdAt = fileTimestamp(facts.mtimeMs, state.clock.now());
    return { bytes, appearance: facts, createdAt, parsed: parseInbound(bytes, { id: sighting.id, createdAt }) };
  } catch (error) {
    if (systemCode(error) === "ENOENT" || isHarnessError(error)) return null;
    throw error;
  }
}
