import { existsSync } from "node:fs";
import {
  HarnessError,
  listSessionIds,
  readSession,
  systemClock,
  type ProcessIdentity,
  type StateRoot,
} from "@harness/core";
import { stopAgent } from "../supervisor/stop-agent.ts";

const GRACE_MS = 10_000;
const KILL_WAIT_MS = 5_000;

/** Ends every living agent process: asked first, then killed. Returns how many there were. Throws `timed-out` for what survives. */
export async function endAgentProcesses(root: StateRoot): Promise<number> {
  if (!existsSync(root.path)) return 0;
  const living = listSessionIds(root).flatMap((id): ProcessIdentity[] => {
    const { alive, status } = readSession(root.session(id));
    return alive && status ? [status.process] : [];
  });
  const timing = { clock: systemClock, graceMs: GRACE_MS, killWaitMs: KILL_WAIT_MS };
  const ends = await Promise.all(
    living.map(async (identity) => ({ identity, gone: await stopAgent(identity, timing) })),
  );
  const left = ends.filter(({ gone }) => !gone).map(({ identity }) => identity.pid);
  if (left.length === 0) return living.length;
  throw new HarnessError("timed-out", `${left.length} agent processes survive SIGKILL: ${left.join(", ")}.`, {
    hint: "They hang in the kernel, usually on a disk that does not answer. They end when it does.",
  });
}
