import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { HarnessError, systemCode } from "../errors.ts";
import { linkExclusive, unlinkIfPresent, writeTemporary } from "../fs/durable.ts";
import { syncDirectory } from "../fs/flush.ts";
import { storageError } from "../fs/storage-error.ts";
import { parseId } from "../ids.ts";
import { messagePath } from "../layout/message-file.ts";
import type { Box } from "../layout/session-directory.ts";
import { makeBox } from "./box-directories.ts";
import { refuseTooLarge } from "./encode.ts";
import { findKnown, listNames } from "./known-message.ts";

/**
 * Puts a message into a box, durably (P1–P6): when this returns, no crash loses it. The same id with the same bytes is a
 * retry and changes nothing. Throws `id-conflict` (other bytes under this id), `message-too-large`, `storage-full`,
 * `storage-failed`; after `storage-failed` the outcome may be unknown, and publishing again under the same id is right.
 */
export async function publishMessage(
  box: Box,
  message: { id: string; bytes: Uint8Array },
): Promise<"published" | "duplicate"> {
  const id = parseId(message.id, "message id");
  refuseTooLarge(message.bytes);
  const known = findKnown(box, id);
  if (known !== null) return repeat(box, message, known);

  const temporary = join(box.tmp, `${id}.${randomBytes(6).toString("hex")}`);
  await writeIntoBox(box, temporary, message.bytes);
  try {
    const outcome = linkExclusive(temporary, messagePath(box, id));
    unlinkIfPresent(temporary);
    // Somebody else was faster with this id.
    if (outcome === "exists") return await repeat(box, message, findKnown(box, id));
    await syncDirectory(box.path);
    return "published";
  } catch (error) {
    unlinkIfPresent(temporary);
    throw storageError(error, "Publishing the message");
  }
}

/** Finishes for a publisher that died between its two last steps: removes its temporary name of the message. True when there was one. */
export function unlinkTemporaryNames(box: Box, id: string): boolean {
  const ino = inodeOf(messagePath(box, id));
  const names = listNames(box.tmp).filter((name) => name.startsWith(`${id}.`) && inodeOf(join(box.tmp, name)) === ino);
  for (const name of names) unlinkIfPresent(join(box.tmp, name));
  return names.length > 0;
}

async function writeIntoBox(box: Box, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeTemporary(temporary, bytes);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw storageError(error, "Publishing the message");
    makeBox(box);
    await writeTemporary(temporary, bytes);
  }
}

async function repeat(
  box: Box,
  message: { id: string; bytes: Uint8Array },
  known: Uint8Array | null,
): Promise<"duplicate"> {
  if (known !== null && Buffer.compare(known, message.bytes) !== 0) {
    throw new HarnessError("id-conflict", `Another message already has the id ${message.id}.`, {
      details: { id: message.id },
    });
  }
  unlinkTemporaryNames(box, message.id);
  // The first attempt may have died before this, and the caller is about to rely on it.
  await syncDirectory(box.path);
  return "duplicate";
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
