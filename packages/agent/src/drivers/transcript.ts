import { closeSync, constants, mkdirSync, openSync, readdirSync, statSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Bytes of one attempt that are kept. */
export const TRANSCRIPT_BYTES = 4 * 1024 * 1024;
const FILES_KEPT = 100;
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

export interface Transcript {
  write(bytes: Uint8Array | string): void;
  close(): void;
}

/** The file `name` with everything a turn was told and said. A log: a failing disk costs lines and stops nothing. */
export function openTranscript(directory: string, name: string): Transcript {
  let descriptor = openOrNull(directory, name);
  let left = TRANSCRIPT_BYTES;

  function write(bytes: Uint8Array | string): void {
    if (descriptor === null || left <= 0) return;
    const content = Buffer.from(bytes).subarray(0, left);
    left -= content.length;
    try {
      writeSync(descriptor, content);
      if (left === 0) writeSync(descriptor, "\n… the rest is left out …\n");
    } catch {
      left = 0;
    }
  }

  return {
    write,
    close() {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}

function openOrNull(directory: string, name: string): number | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    removeOldest(directory);
    return openSync(join(directory, name), APPEND, 0o600);
  } catch {
    return null;
  }
}

function removeOldest(directory: string): void {
  const names = readdirSync(directory);
  if (names.length < FILES_KEPT * 2) return;
  const aged = names.map((name) => ({ name, at: statSync(join(directory, name)).mtimeMs }));
  aged.sort((one, other) => other.at - one.at);
  for (const { name } of aged.slice(FILES_KEPT)) unlinkSync(join(directory, name));
}
