import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.ts";
import { unlinkIfPresent } from "../fs/durable.ts";
import type { Box } from "../layout/session-directory.ts";
import { type Baseline, digestOf } from "./inbox-state.ts";
import { readKnown } from "./known-message.ts";

const NOTE = /^\.([A-Za-z0-9_-]{1,64})\.read$/;

/**
 * Notes beside a claimed file how much of it was read as the message, so that the next process tells late bytes from it.
 * Not flushed, for it stands between a message and its work: it outlives the process, and not always the machine.
 */
export function noteRead(box: Box, id: string, read: Baseline): void {
  const path = notePath(box, id);
  try {
    unlinkIfPresent(path);
    writeFileSync(path, JSON.stringify(read), { flag: "wx", mode: 0o600 });
  } catch (error) {
    // The message is no worse off than one without late bytes.
    if (systemCode(error) === undefined) throw error;
  }
}

/** The part of a claimed file that an earlier process read as the message; all of it where that is not known. */
export function partRead(box: Box, id: string, bytes: Uint8Array): Uint8Array {
  const note = readNote(notePath(box, id));
  if (note === null || note.length > bytes.length) return bytes;
  const part = bytes.subarray(0, note.length);
  return digestOf(part) === note.digest ? part : bytes;
}

export function dropNote(box: Box, id: string): void {
  try {
    rmSync(notePath(box, id), { force: true, recursive: true });
  } catch {
    // It says nothing any more, and holds up nothing.
  }
}

/** The id that a name in `.claimed` is a note about; null for any other name. */
export function noteIdOf(name: string): string | null {
  return NOTE.exec(name)?.[1] ?? null;
}

function notePath(box: Box, id: string): string {
  return join(box.claimed, `.${id}.read`);
}

function readNote(path: string): Baseline | null {
  try {
    const bytes = readKnown(path);
    if (bytes === null) return null;
    const { digest, length } = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<Baseline>;
    return typeof digest === "string" && Number.isSafeInteger(length) ? { digest, length: length! } : null;
  } catch {
    // Cut short by a crash of the machine, or not ours.
    return null;
  }
}
