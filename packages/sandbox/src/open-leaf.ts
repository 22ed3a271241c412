import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { systemCode } from "@harness/core";
import { refuse } from "./policy.ts";

// Linux: a handle on the very file, without a right to read it. Node has no name for it.
const O_PATH = 0o10000000;

/** A handle on a directory or a regular file that stays on it, whatever its path leads to by then. */
export function openLeaf(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") throw refuse(`${path} is not there (${code}).`);
    throw error;
  }
  const facts = fstatSync(descriptor);
  if (facts.isDirectory() || facts.isFile()) return descriptor;
  closeSync(descriptor);
  throw refuse(`${path} is ${facts.isSymbolicLink() ? "a link" : "neither a directory nor a file"}.`);
}
