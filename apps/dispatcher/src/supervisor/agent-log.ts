import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, renameSync } from "node:fs";
import { HarnessError, systemCode, type SessionPaths } from "@harness/core";

const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ROTATE_BYTES = 5 * 1024 * 1024;
const TAIL_BYTES = 2000;

/** Opens log/agent.log, the output of the agent process, for appending; a large one is set aside first. */
export function openAgentLog({ log, agentLog }: SessionPaths): number {
  try {
    mkdirSync(log, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const fd = openPlain(agentLog, APPEND);
  if (fstatSync(fd).size < ROTATE_BYTES) return fd;
  closeSync(fd);
  renameSync(agentLog, `${agentLog}.1`);
  return openPlain(agentLog, APPEND);
}

/** The last lines of log/agent.log; empty when it cannot be read. */
export function tailAgentLog({ agentLog }: SessionPaths): string {
  try {
    const fd = openPlain(agentLog, READ);
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString("utf8", 0, length).trim();
    } finally {
      closeSync(fd);
    }
  } catch {
    // It only adds to the description of another failure.
    return "";
  }
}

// A coding agent may have put a link or a FIFO in its place.
function openPlain(path: string, flags: number): number {
  const fd = openSync(path, flags, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new HarnessError("session-damaged", `${path} is not a plain file.`);
}
