import { closeSync, constants, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError } from "@harness/core";
import type { Preparation } from "./agents/agent.ts";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes an agent's settings into its home. The agent owns that home and could have left a link there: none is followed.
 * Nothing of the agent runs meanwhile. Throws `session-damaged`.
 */
export function writeFiles(home: string, files: Preparation["files"]): void {
  for (const { path, text } of files) {
    makeDirectory(home, dirname(path));
    const target = join(home, path);
    const beside = `${target}.harness-new`;
    rmSync(beside, { force: true, recursive: true });
    const descriptor = openSync(beside, CREATE, 0o600);
    try {
      writeSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, target);
  }
}

function makeDirectory(home: string, path: string): void {
  let at = home;
  for (const name of path === "." ? [] : path.split("/")) {
    at = join(at, name);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (!found) mkdirSync(at, { mode: 0o700 });
    else if (!found.isDirectory()) {
      throw new HarnessError(
        "session-damaged",
        `${at} is not a directory, so the coding agent cannot be set up there.`,
      );
    }
  }
}
