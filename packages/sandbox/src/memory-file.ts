import { closeSync, constants, mkdtempSync, openSync, rmdirSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

export interface MemoryFile {
  /** A descriptor of its own, at the beginning of the bytes. */
  open(): number;
}

/** Bytes that a program can be handed as a descriptor, with no name in any directory. Kept as long as this process lives. */
export function createMemoryFile(bytes: Uint8Array): MemoryFile {
  const directory = mkdtempSync(join(tmpdir(), "harness-sandbox-"));
  const path = join(directory, "bytes");
  const descriptor = openSync(path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW, 0o600);
  unlinkSync(path);
  rmdirSync(directory);
  if (writeSync(descriptor, bytes) !== bytes.length) {
    closeSync(descriptor);
    throw new Error("The disk took only a part of a sandbox's files.");
  }
  return { open: () => openSync(`/proc/self/fd/${descriptor}`, constants.O_RDONLY) };
}
