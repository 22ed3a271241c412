import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENS = "0A";

export type Holder = "nobody" | "session" | "somebody else";

/** Who listens on each port, as far as this machine tells: the session's own processes, or others. Linux; elsewhere nobody is found. */
export function findHolders(id: string, ports: readonly number[]): Map<number, Holder> {
  const holders = new Map<number, Holder>(ports.map((port) => [port, "nobody"]));
  const sockets = new Map<string, number>();
  for (const { port, inode } of listeners()) if (holders.has(port)) sockets.set(`socket:[${inode}]`, port);
  if (sockets.size === 0) return holders;
  for (const port of sockets.values()) holders.set(port, "somebody else");
  for (const pid of processesOf(id)) {
    for (const link of openFiles(pid)) {
      const port = sockets.get(link);
      if (port !== undefined) holders.set(port, "session");
    }
  }
  return holders;
}

function listeners(): { port: number; inode: string }[] {
  const lines = ["tcp", "tcp6"].flatMap((table) => read(`/proc/net/${table}`).split("\n").slice(1));
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === LISTENS ? [{ port: Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16), inode }] : [];
  });
}

function processesOf(id: string): string[] {
  const mark = `\0HARNESS_SESSION=${id}\0`;
  return list("/proc").filter((name) => /^[0-9]+$/.test(name) && `\0${read(`/proc/${name}/environ`)}`.includes(mark));
}

function openFiles(pid: string): string[] {
  return list(`/proc/${pid}/fd`).map((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      // Closed meanwhile.
      return "";
    }
  });
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    // Gone, or another person's.
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
