import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Owner } from "@harness/core";

/** Who owns it goes in, its group makes sockets in it, and nobody else finds any. */
const DOOR = 0o570;

/** Makes the directory in which a credential worker has its socket for one session. */
export function openDoor(directory: string, { session, worker }: { session: Owner; worker: Owner }): void {
  mkdirSync(dirname(directory), { recursive: true, mode: 0o711 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, session.uid, worker.gid);
  chmodSync(directory, DOOR);
}
