import { isAbsolute, normalize, sep } from "node:path";
import { HarnessError } from "@harness/core";
import type { SandboxPolicy } from "./sandbox.ts";

/** Where the sandbox puts what is its own. */
const RESERVED = ["/usr", "/etc", "/proc", "/dev", "/sys", "/bin", "/sbin", "/lib", "/lib64", "/System", "/Library"];

/** One path of the machine that is shown inside. */
export interface Leaf {
  readonly path: string;
  readonly writable: boolean;
}

export interface CheckedPolicy {
  readonly leaves: readonly Leaf[];
  readonly home: string | undefined;
  readonly directory: string;
}

/**
 * What a policy asks for, in the order in which it can be mounted. Throws `sandbox-policy-invalid`.
 * Nothing is mounted below what can be written: a mount point in there would be made through whatever links the session
 * has put in its way.
 */
export function checkPolicy({ readOnly = [], readWrite = [], home, directory }: SandboxPolicy): CheckedPolicy {
  const writable = [...new Set([...readWrite, ...(home === undefined ? [] : [home])])];
  const all = [...readOnly, ...writable, directory];
  for (const path of all) if (!isPlain(path)) throw refuse(`${JSON.stringify(path)} is no plain absolute path.`);
  for (const path of writable) {
    if (RESERVED.some((each) => path === each || isBelow(path, each))) throw refuse(`${path} belongs to the system.`);
    for (const other of [...readOnly, ...writable]) {
      if (isBelow(other, path)) throw refuse(`${other} lies in ${path}, which can be written.`);
      if (other === path && readOnly.includes(other)) throw refuse(`${path} is both read-only and writable.`);
    }
  }
  const shown = ["/usr", ...readOnly];
  const needed = [...new Set(readOnly)].filter((path) => !shown.some((each) => path !== each && isBelow(path, each)));
  const leaves = [
    ...needed.filter((path) => path !== "/usr").map((path) => ({ path, writable: false })),
    ...writable.map((path) => ({ path, writable: true })),
  ];
  return { leaves: leaves.toSorted((a, b) => (a.path < b.path ? -1 : 1)), home, directory };
}

function isPlain(path: string): boolean {
  return isAbsolute(path) && path !== "/" && !path.includes("\0") && normalize(path) === path && !path.endsWith(sep);
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}${sep}`);
}

export function refuse(why: string): HarnessError {
  return new HarnessError("sandbox-policy-invalid", `The sandbox cannot be built as asked: ${why}`);
}
