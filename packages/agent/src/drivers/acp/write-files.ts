import { closeSync, constants, lstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeOwnDirectory } from "../make-own-directory.ts";
import type { Preparation } from "./agents/agent.ts";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes an agent's settings into its home. The agent owns that home and could have left a link there: none is followed.
 * Nothing of the agent runs meanwhile.
 */
export function writeFiles(home: string, files: Preparation["files"]): void {
  for (const { path, text } of files) {
    makeOwnDirectory(home, dirname(path));
    const target = join(home, path);
    const beside = `${target}.harness-new`;
    rmSync(beside, { force: true, recursive: true });
    const descriptor = openSync(beside, CREATE, 0o600);
    try {
      writeSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
    // A directory that it made there would be in the way.
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) rmSync(target, { recursive: true });
    renameSync(beside, target);
  }
}
