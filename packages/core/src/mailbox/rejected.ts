import { lstatSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemCode } from "../errors.ts";
import { unlinkIfPresent, writeFileDurable } from "../fs/durable.ts";
import { syncDirectory } from "../fs/flush.ts";
import type { Box } from "../layout/session-directory.ts";

/**
 * Moves a file to `.bad` with its reason in `<name>.reason.txt` beside it, whatever kind of file it is: it is never opened.
 * False when it had vanished. Throws `storage-full`, `storage-failed`, and what the system says to the move; the file is then where it was, and so is no reason.
 */
export async function moveToBad(box: Box, file: { path: string; id: string }, reason: string): Promise<boolean> {
  if (lstatSync(file.path, { throwIfNoEntry: false }) === undefined) return false;
  const target = freePath(box, file.id);
  // The reason first: a crash in between leaves the file to be judged again.
  await writeFileDurable(`${target}.reason.txt`, `${reason}\n`);
  try {
    renameSync(file.path, target);
  } catch (error) {
    // The file stays, and so it was not rejected.
    unlinkIfPresent(`${target}.reason.txt`);
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  await Promise.all([syncDirectory(box.bad), syncDirectory(dirname(file.path))]);
  return true;
}

/** Where the reason stands for which a message was rejected. */
export function badReasonPath(box: Box, id: string): string {
  return `${join(box.bad, `${id}.msg`)}.reason.txt`;
}

function freePath(box: Box, id: string): string {
  for (let number = 1; ; number += 1) {
    const path = join(box.bad, number === 1 ? `${id}.msg` : `${id}.${number}.msg`);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
  }
}
