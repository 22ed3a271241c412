import { closeSync, fstatSync, readdirSync, readlinkSync, writeSync } from "node:fs";
import { HarnessError } from "@harness/core";

/**
 * Throws `usage-invalid` unless `descriptor` came from whoever started this process. Asked before this process opens
 * anything: the number could be that of its lock by the time it is written to and closed.
 */
export function requireReadyDescriptor(descriptor: number | undefined): void {
  if (descriptor === undefined || isGiven(descriptor)) return;
  throw new HarnessError(
    "usage-invalid",
    `--ready-fd is ${descriptor}, and whoever started this process has passed on no such descriptor.`,
    { hint: "Start it with that descriptor open, or leave --ready-fd out." },
  );
}

function isGiven(descriptor: number): boolean {
  try {
    const facts = fstatSync(descriptor);
    if (facts.isFIFO()) return !isOwnPipe(descriptor);
    return facts.isSocket() || facts.isFile() || facts.isCharacterDevice();
  } catch {
    return false;
  }
}

/** Node has pipes of its own, and unlike one that was passed on both their ends are here. */
function isOwnPipe(descriptor: number): boolean {
  // Elsewhere (macOS, not tested) the number has to be right.
  if (process.platform !== "linux") return false;
  const pipe = readlinkSync(`/proc/self/fd/${descriptor}`);
  return readdirSync("/proc/self/fd").filter((other) => leadsTo(`/proc/self/fd/${other}`, pipe)).length > 1;
}

function leadsTo(link: string, target: string): boolean {
  try {
    return readlinkSync(link) === target;
  } catch {
    // The one with which the directory was read.
    return false;
  }
}

/** Says on the descriptor, and there alone, that the session is open. */
export function tellReady(descriptor: number | undefined, nonce: string | undefined): void {
  if (descriptor === undefined) return;
  try {
    writeSync(descriptor, `${JSON.stringify({ ready: true, pid: process.pid, nonce })}\n`);
  } catch {
    // Whoever started this process is gone. The next dispatcher finds it by its lock.
  }
  closeSync(descriptor);
}
