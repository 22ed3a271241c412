import { readdirSync, readFileSync } from "node:fs";

/** The processes whose environment holds this `NAME=value`. */
export function markedProcesses(mark: string): number[] {
  const all = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return all.filter((pid) => environmentOf(pid).split("\0").includes(mark)).map(Number);
}

export function endMarked(mark: string): void {
  for (const pid of markedProcesses(mark)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Its end came first: it went with another one of them.
    }
  }
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // Gone, or another user's.
    return "";
  }
}
