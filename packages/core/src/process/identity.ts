import { readFileSync } from "node:fs";
import { systemCode } from "../errors.ts";
import type { ProcessIdentity } from "../schema/status.ts";

const START_TIME_FIELD = 22;
const GONE = new Set(["Z", "X", "x"]);

/** Who a process is: pid, start time (field 22 of /proc/<pid>/stat, proc(5)) and boot. Null when it is gone or a zombie. */
export function identifyProcess(pid: number = process.pid): ProcessIdentity | null {
  const startTime = process.platform === "linux" ? linuxStartTime(pid) : portableStartTime(pid);
  return startTime === null ? null : { pid, bootId: bootId(), startTime };
}

let knownBootId: string | undefined;

/** The id of this boot of the machine; a pid and a start time of another boot mean nothing. */
export function bootId(): string {
  knownBootId ??=
    process.platform === "linux"
      ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
      : (ask("sysctl", ["-n", "kern.boottime"]) ?? "unknown");
  return knownBootId;
}

/** True while the very process that was recorded lives: not merely one with its number. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId()) return false;
  return identifyProcess(identity.pid)?.startTime === identity.startTime;
}

/** Signals a process if it is still the recorded one. False when it is gone. Never signals groups or a stranger. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals | 0): boolean {
  if (!Number.isInteger(identity.pid) || identity.pid <= 1 || !isSameProcess(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false;
    throw error;
  }
}

function linuxStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${Math.trunc(pid)}/stat`, "utf8");
    // The second field is the program's own choice of name, in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (GONE.has(fields[0] ?? "")) return null;
    return fields[START_TIME_FIELD - 3] ?? null;
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}

// macOS; not tested.
function portableStartTime(pid: number): string | null {
  const [state = "", ...started] = (ask("ps", ["-o", "stat=,lstart=", "-p", String(pid)]) ?? "").trim().split(/\s+/);
  return started.length === 0 || state.startsWith("Z") ? null : started.join(" ");
}

function ask(command: string, parameters: string[]): string | null {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const result = spawnSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return result.status === 0 ? result.stdout.trim() : null;
}
