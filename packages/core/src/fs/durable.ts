import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, linkSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HarnessError, systemCode } from "../errors.ts";
import { flushDescriptor, syncDirectory } from "./flush.ts";
import { giveToOwner } from "./owner.ts";
import { storageError } from "./storage-error.ts";

const EXCLUSIVE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface DurableOptions {
  /** Permission bits, 0600 unless given. */
  mode?: number;
}

/**
 * Replaces a file so that a crash leaves the old or the new content, never a part (S1–S4).
 * `keepPrevious` is the path under which the replaced generation stays.
 * Throws `storage-full` and `storage-failed`; the old file is then untouched and no temporary is left.
 */
export async function writeFileDurable(
  path: string,
  bytes: string | Uint8Array,
  options: DurableOptions & { keepPrevious?: string } = {},
): Promise<void> {
  const temporary = hiddenBeside(path);
  await writeTemporary(temporary, bytes, options.mode);
  await guarded(`Writing ${basename(path)}`, temporary, async () => {
    if (options.keepPrevious !== undefined) keepGeneration(path, options.keepPrevious);
    renameSync(temporary, path);
    await syncDirectory(dirname(path));
  });
}

/** Creates a file with all its content, or finds that the name is taken. Throws like `writeFileDurable`. */
export async function createFileDurable(
  path: string,
  bytes: string | Uint8Array,
  options: DurableOptions = {},
): Promise<"created" | "exists"> {
  const temporary = hiddenBeside(path);
  await writeTemporary(temporary, bytes, options.mode);
  return guarded(`Creating ${basename(path)}`, temporary, async () => {
    const outcome = linkExclusive(temporary, path);
    unlinkIfPresent(temporary);
    if (outcome === "created") await syncDirectory(dirname(path));
    return outcome;
  });
}

/** P1–P3: a new file with all the bytes, checked, flushed, and its directory's owner's; removed again when that fails. */
export async function writeTemporary(path: string, bytes: string | Uint8Array, mode = 0o600): Promise<void> {
  const content = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  const doing = `Writing ${basename(path)}`;
  const descriptor = openNew(path, { mode, doing });
  try {
    await guarded(doing, path, async () => {
      giveToOwner(descriptor, dirname(path));
      writeWhole(descriptor, content);
      await flushDescriptor(descriptor);
    });
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a finished file its name unless the name is taken. */
export function linkExclusive(from: string, to: string): "created" | "exists" {
  try {
    linkSync(from, to);
    return "created";
  } catch (error) {
    if (systemCode(error) === "EEXIST") return "exists";
    throw error;
  }
}

export function unlinkIfPresent(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

function openNew(path: string, { mode, doing }: { mode: number; doing: string }): number {
  try {
    return openSync(path, EXCLUSIVE, mode);
  } catch (error) {
    throw storageError(error, doing);
  }
}

function writeWhole(descriptor: number, content: Uint8Array): void {
  let written = 0;
  // A nearly full disk takes a part and reports success.
  while (written < content.length) {
    const count = writeSync(descriptor, content, written, content.length - written, written);
    if (count === 0) throw new HarnessError("storage-failed", "The disk took no more bytes and gave no error.");
    written += count;
  }
  const { size } = fstatSync(descriptor);
  if (size === content.length) return;
  throw new HarnessError("storage-failed", `${content.length} bytes were written and ${size} are in the file.`);
}

function keepGeneration(path: string, previous: string): void {
  const temporary = hiddenBeside(previous);
  try {
    linkSync(path, temporary);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    renameSync(temporary, previous);
  } finally {
    // Renaming a file over another name of itself does nothing at all.
    unlinkIfPresent(temporary);
  }
}

async function guarded<T>(doing: string, temporary: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    unlinkIfPresent(temporary);
    throw storageError(error, doing);
  }
}

function hiddenBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}
