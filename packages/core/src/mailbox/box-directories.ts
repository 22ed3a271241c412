import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { HarnessError, systemCode } from "../errors.ts";
import { giveDirectoryToOwner } from "../fs/owner.ts";
import { storageError } from "../fs/storage-error.ts";
import type { Box } from "../layout/session-directory.ts";

/** Makes the directories a publisher needs. Throws `session-not-found` when there is no session around the box. */
export function makeBox(box: Box): void {
  makeDirectories([box.path, box.tmp]);
}

/** Makes the directory that holds a box's own. Throws like `makeBox`. */
export function makeBoxAlone(box: Box): void {
  makeDirectories([box.path]);
}

/** Makes the directories of a box that has a reader. */
export function makeReaderBox(box: Box): void {
  makeDirectories([box.path, box.tmp, box.claimed, box.done, box.bad]);
}

// Never recursive: a box must not bring back a session that was removed.
function makeDirectories(paths: string[]): void {
  for (const path of paths) {
    // They nearly always are there, and an error that is caught costs an idle process memory at every scan.
    if (existsSync(path)) continue;
    try {
      mkdirSync(path, 0o700);
      giveDirectoryToOwner(path, dirname(path));
    } catch (error) {
      const code = systemCode(error);
      if (code === "EEXIST") continue;
      if (code !== "ENOENT") throw storageError(error, `Making ${path}`);
      throw new HarnessError("session-not-found", `There is no session directory for ${paths[0]}.`, { cause: error });
    }
  }
}
