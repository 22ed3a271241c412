import { existsSync, readdirSync } from "node:fs";
import { isId } from "@harness/core";
import type { Context } from "../context.ts";
import { listArchived } from "./archived.ts";
import { listTrash } from "./trash.ts";

/**
 * Drops what was wanted of sessions that a killed dispatcher had taken away but not yet forgotten. Only of those that were
 * taken away on purpose: a session that cannot be found may be back with the next mount.
 */
export async function forgetRemoved(
  context: Pick<Context, "root" | "wanted" | "ports" | "credentials">,
): Promise<void> {
  const { root, wanted, ports, credentials } = context;
  const removed = new Set([...listTrash({ root }).map(({ session }) => session), ...listArchived(root)]);
  for (const id of readdirSync(root.run.sessions)) {
    if (!isId(id) || !removed.has(id) || existsSync(root.session(id).directory)) continue;
    await credentials.forget(id);
    ports.release(id);
    wanted.drop(id);
  }
}
