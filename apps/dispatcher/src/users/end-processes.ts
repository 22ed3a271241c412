import { spawnSync } from "node:child_process";
import type { Owner } from "@harness/core";
import type { Context } from "../context.ts";

/** Kills every process of a user, at once and for certain: none can fork away. Contract: the user is a session's own. */
export function endProcessesOf({ uid, gid }: Owner): void {
  spawnSync("/bin/sh", ["-c", "kill -9 -1"], { uid, gid, cwd: "/", env: {}, stdio: "ignore" });
}

/** The same for a session that has a user of its own, so that nothing changes its files any more. */
export function endOwnProcesses({ root, users }: Pick<Context, "root" | "users">, id: string): void {
  const owner = users.ownOf(root.session(id).directory);
  if (owner !== null) endProcessesOf(owner);
}
