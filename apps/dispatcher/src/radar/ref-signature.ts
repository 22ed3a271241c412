import { lstatSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "@harness/core";

// Where git may keep the value of a ref: a file of its own, the packed ones, or tables.
const SHARED = ["packed-refs", "reftable/tables.list"];

/**
 * Changes whenever a ref may have changed. Only looks at facts of files, so that it costs next to nothing and opens
 * nothing: what it says is a reason to look, and never an answer.
 */
export function refSignature(gitDirectory: string, ref: string): string {
  return [ref, ...SHARED].map((name) => factsOf(join(gitDirectory, name))).join(" ");
}

function factsOf(path: string): string {
  try {
    const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return facts === undefined ? "-" : `${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code;
  }
}
