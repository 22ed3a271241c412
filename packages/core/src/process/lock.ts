import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { HarnessError, systemCode } from "../errors.ts";
import type { AgentProcess, ProcessIdentity } from "../schema/status.ts";
import { isSameProcess } from "./identity.ts";
import { ownerOf, userOf } from "./user.ts";

const OPEN = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
// open(2) of macOS: an exclusive lock with the open. Not tested.
const MACOS_O_EXLOCK = 0x20;

export interface Lock {
  /** The descriptor that holds the lock: what status.json records as `lockFd`. */
  readonly fd: number;
  /** Proof of life: sets the file's time. Writes nothing. */
  beat(): void;
  release(): void;
}

/**
 * Takes the kernel lock on a file for the life of this process; null when somebody holds it, at once, however they are.
 * The file is made when absent and never removed: a lock on an unlinked file would guard nothing.
 * Throws `platform-unsupported` when flock(1) is missing.
 */
export async function acquireLock(path: string): Promise<Lock | null> {
  for (;;) {
    const fd = process.platform === "darwin" ? openLocked(path) : openSync(path, OPEN, 0o600);
    if (fd === null) return null;
    try {
      if (process.platform !== "darwin" && !lockDescriptor(fd)) {
        closeSync(fd);
        return null;
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    if (fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino) return holdLock(fd);
    // The file was replaced between open and lock.
    closeSync(fd);
  }
}

/**
 * Whether the recorded process holds the lock, without ever taking it: its /proc/<pid>/fdinfo names a lock on the
 * file's inode. Where that cannot be read, the same living process is taken as the holder.
 */
export function lookLock(path: string, identity: (ProcessIdentity & Partial<AgentProcess>) | null): "held" | "free" {
  if (identity === null || !Number.isInteger(identity.pid)) return "free";
  // A link is nobody's lock, wherever it leads.
  const ino = lstatSync(path, { throwIfNoEntry: false })?.ino;
  if (ino === undefined) return "free";
  if (process.platform !== "linux") return isSameProcess(identity) ? "held" : "free";
  if (!mayHold(path, identity.pid)) return "free";
  const fdinfo = `/proc/${identity.pid}/fdinfo`;
  try {
    if (identity.lockFd !== undefined && namesLock(`${fdinfo}/${identity.lockFd}`, ino)) return "held";
    return readdirSync(fdinfo).some((fd) => namesLock(`${fdinfo}/${fd}`, ino)) ? "held" : "free";
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ESRCH") return "free";
    if (code !== "EACCES" && code !== "EPERM") throw error;
    return isSameProcess(identity) ? "held" : "free";
  }
}

// A session that has a user of its own names no process of root's, or of another session, as its own: it would be ended for it.
function mayHold(path: string, pid: number): boolean {
  if (process.geteuid?.() !== 0) return true;
  const owner = ownerOf(dirname(path));
  return owner === null || owner.uid === 0 || userOf(pid) === owner.uid;
}

/** When the holder last gave proof of life, in milliseconds since the epoch; null without a lock file. */
export function lockHeartbeatAt(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function holdLock(fd: number): Lock {
  let held = true;
  const beat = () => {
    const now = Date.now() / 1000;
    if (held) futimesSync(fd, now, now);
  };
  beat();
  return {
    fd,
    beat,
    release: () => {
      if (held) closeSync(fd);
      held = false;
    },
  };
}

// The lock belongs to the open file, not to the flock process that asked for it: it stays until we close or die.
function lockDescriptor(fd: number): boolean {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const result = spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", fd] });
  if (result.status === 0) return true;
  if (result.status === 1) return false;
  const why = result.error?.message ?? `it ended with ${result.status ?? result.signal}`;
  throw new HarnessError("platform-unsupported", `The session cannot be locked: flock did not run (${why}).`, {
    hint: "Install flock (Debian, Fedora: util-linux) and put it on PATH.",
    cause: result.error,
  });
}

function openLocked(path: string): number | null {
  try {
    return openSync(path, OPEN | MACOS_O_EXLOCK | constants.O_NONBLOCK, 0o600);
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return null;
    throw error;
  }
}

function namesLock(path: string, ino: number): boolean {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.some((line) => line.startsWith("lock:") && new RegExp(`:${ino} `).test(line));
  } catch (error) {
    // A descriptor that was closed meanwhile.
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}
