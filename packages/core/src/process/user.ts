import { lstatSync, readFileSync } from "node:fs";
import { systemCode } from "../errors.ts";

/** A user and a group of the system, by their numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whom a file or directory belongs to, no link followed; null where there is none. */
export function ownerOf(path: string): Owner | null {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts === undefined ? null : { uid: facts.uid, gid: facts.gid };
}

/** As whom a process runs, by /proc/<pid>/status (proc(5)); null when it is gone. */
export function userOf(pid: number): number | null {
  try {
    const uid = /^Uid:\s+(?<real>\d+)/m.exec(readFileSync(`/proc/${Math.trunc(pid)}/status`, "utf8"))?.groups?.["real"];
    return uid === undefined ? null : Number(uid);
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(systemCode(error) ?? "")) return null;
    throw error;
  }
}
