import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StateRoot } from "@harness/core";
import { socketName } from "@harness/credentials";

/** Takes away what a worker that lives no more has left: who it was, and the sockets on which nobody answers. */
export function tidyWorker(root: StateRoot, name: string): void {
  rmSync(root.workerOf(name).record, { recursive: true, force: true });
  const { sockets } = root.run;
  if (!existsSync(sockets)) return;
  for (const session of readdirSync(sockets)) rmSync(join(sockets, session, socketName(name)), { force: true });
}
