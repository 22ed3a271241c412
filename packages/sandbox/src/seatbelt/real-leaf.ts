import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "@harness/core";
import { refuse } from "../policy.ts";

/** Seatbelt takes no longer string, and then takes nothing of a profile. */
const LONGEST = 1000;
// It knows no way to write these.
const UNSPEAKABLE = /\p{Cc}/u;

/** The one name by which the kernel knows a directory or a file: Seatbelt compares names, and `/tmp` is one of `/private/tmp`. */
export function realLeaf(path: string): string {
  try {
    const facts = lstatSync(path);
    if (facts.isSymbolicLink()) throw refuse(`${path} is a link.`);
    if (!facts.isDirectory() && !facts.isFile()) throw refuse(`${path} is neither a directory nor a file.`);
    return speakable(realpathSync.native(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") throw refuse(`${path} is not there (${code}).`);
    throw error;
  }
}

/** The links among the directories on the way to a path: without a look at them nobody gets there. */
export function linksTo(path: string): string[] {
  const links: string[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at))
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) links.push(speakable(at));
  return links;
}

/** Pure. Throws `sandbox-policy-invalid`. */
export function speakable(path: string): string {
  if (UNSPEAKABLE.test(path)) throw refuse(`${JSON.stringify(path)} has a character that no profile can hold.`);
  if (Buffer.byteLength(JSON.stringify(path)) > LONGEST)
    throw refuse(`${path.slice(0, 80)}... is too long for a profile.`);
  return path;
}
