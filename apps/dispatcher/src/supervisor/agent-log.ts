import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import {
  giveDirectoryToOwner,
  giveToOwner,
  HarnessError,
  openDirectorySafe,
  systemCode,
  type SessionPaths,
} from "@harness/core";

const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ROTATE_BYTES = 5 * 1024 * 1024;
const TAIL_BYTES = 2000;

/** Opens log/agent.log, the output of the agent process, for appending; a large one is set aside first. */
export async function openAgentLog(paths: SessionPaths): Promise<number> {
  try {
    mkdirSync(paths.log, { mode: 0o700 });
    giveDirectoryToOwner(paths.log, paths.directory);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  return inLog(paths, (path, directory) => {
    const fd = openPlain(path, APPEND, directory);
    if (fstatSync(fd).size < ROTATE_BYTES) return fd;
    closeSync(fd);
    renameSync(path, `${path}.1`);
    return openPlain(path, APPEND, directory);
  });
}

/** The last lines of log/agent.log; empty when it cannot be read. */
export async function tailAgentLog(paths: SessionPaths): Promise<string> {
  try {
    return await inLog(paths, (path, directory) => {
      const fd = openPlain(path, READ, directory);
      try {
        const { size } = fstatSync(fd);
        const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
        const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
        return bytes.toString("utf8", 0, length).trim();
      } finally {
        closeSync(fd);
      }
    });
  } catch {
    // It only adds to the description of another failure.
    return "";
  }
}

// A session with a user of its own may have put a link in the place of its folder, and this process be root.
async function inLog<T>({ log, agentLog }: SessionPaths, work: (path: string, directory: string) => T): Promise<T> {
  const directory = await openDirectorySafe(log);
  try {
    return work(join(directory.path, basename(agentLog)), directory.path);
  } finally {
    directory.close();
  }
}

// A coding agent may have put a link or a FIFO in its place.
function openPlain(path: string, flags: number, directory: string): number {
  const fd = openSync(path, flags, 0o600);
  const facts = fstatSync(fd);
  if (facts.isFile() && facts.nlink === 1) {
    giveToOwner(fd, directory);
    return fd;
  }
  closeSync(fd);
  throw new HarnessError("session-damaged", `${basename(path)} is not a plain file.`);
}
