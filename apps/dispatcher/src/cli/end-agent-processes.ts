import { existsSync } from "node:fs";
import {
  isSameProcess,
  listSessionIds,
  readSession,
  signalProcess,
  systemClock,
  type ProcessIdentity,
  type StateRoot,
} from "@harness/core";

const WAIT_MS = 15_000;
const LOOK_MS = 50;

/** Asks every living agent process to end, and waits for them. Returns how many there were. */
export async function endAgentProcesses(root: StateRoot): Promise<number> {
  if (!existsSync(root.path)) return 0;
  const living = listSessionIds(root).flatMap((id): ProcessIdentity[] => {
    const { alive, status } = readSession(root.session(id));
    return alive && status ? [status.process] : [];
  });
  for (const identity of living) signalProcess(identity, "SIGTERM");
  const until = systemClock.monotonic() + WAIT_MS;
  while (living.some((identity) => isSameProcess(identity)) && systemClock.monotonic() < until) {
    await systemClock.sleep(LOOK_MS);
  }
  return living.length;
}
