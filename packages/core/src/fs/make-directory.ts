import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../errors.ts";

/**
 * Makes a directory and those above it. Node's own way says ENOENT of a disk that cannot be written, and does not return
 * from a place such as /proc, where nothing can be made.
 */
export function makeDirectory(path: string, mode: number): void {
  if (tryToMake(path, mode) === "made") return;
  makeDirectory(dirname(path), mode);
  if (tryToMake(path, mode) === "made") return;
  throw Object.assign(new Error(`ENOENT: no directory can be made, mkdir '${path}'`), { code: "ENOENT" });
}

function tryToMake(path: string, mode: number): "made" | "parent-missing" {
  try {
    mkdirSync(path, { mode });
    return "made";
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return "made";
    if (systemCode(error) === "ENOENT" && dirname(path) !== path) return "parent-missing";
    throw error;
  }
}
