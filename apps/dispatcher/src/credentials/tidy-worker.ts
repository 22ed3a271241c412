import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StateRoot } from "@harness/core";
import { socketName } from "@harness/credentials";
import { deleteTree } from "../trees.ts";

/** Takes away what a worker that lives no more has left: who it was, and the sockets on which nobody answers. */
export async function tidyWorker(root: StateRoot, name: string): Promise<void> {
  await clear(root.workerOf(name).record);
  const { sockets } = root.run;
  if (!existsSync(sockets)) return;
  for (const session of readdirSync(sockets)) await clear(join(sockets, session, socketName(name)));
}

/** Whoever owns the directory may have put anything there: it keeps no worker from being started. */
async function clear(path: string): Promise<void> {
  try {
    rmSync(path, { force: true });
  } catch {
    await deleteTree(path);
  }
}
