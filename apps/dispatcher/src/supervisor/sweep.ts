import { readdirSync, readFileSync } from "node:fs";
import { identifyProcess, signalProcess, systemCode, type ProcessIdentity, type SessionPaths } from "@harness/core";

/**
 * Kills what a coding agent left running after its agent process ended: every process that carries the session's mark
 * and its home. Where process namespaces work there is nothing left to find. Returns how many there were.
 */
export function sweepLeftovers(id: string, paths: SessionPaths): number {
  return killMarked([`HARNESS_SESSION=${id}`, `HOME=${paths.home}`]);
}

/** Kills every process with all of these lines in its environment. Returns how many there were. */
export function killMarked(marks: string[]): number {
  if (process.platform !== "linux") return 0;
  let killed = 0;
  // What was killed may have started another while this looked.
  for (let round = 0; round < 5; round++) {
    const found = findMarked(marks);
    if (found.length === 0) break;
    for (const identity of found) if (signalProcess(identity, "SIGKILL")) killed++;
  }
  return killed;
}

function findMarked(marks: string[]): ProcessIdentity[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const identity = identifyProcess(pid);
    if (identity === null) return [];
    const variables = readEnvironment(pid).split("\0");
    return marks.every((mark) => variables.includes(mark)) ? [identity] : [];
  });
}

function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    // Gone meanwhile, or another person's.
    if (systemCode(error) === undefined) throw error;
    return "";
  }
}
