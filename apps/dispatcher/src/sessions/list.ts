import { listSessionIds } from "@harness/core";
import type { Context } from "../context.ts";
import { oldestFirst } from "./oldest-first.ts";
import type { SessionSummary } from "./schema.ts";

/** Oldest first. Closed sessions only with `all`. Throws `storage-lost`. */
export function listSessions(context: Context, options: { all?: boolean } = {}): SessionSummary[] {
  context.supervisor.requireStorage();
  return listSessionIds(context.root)
    .map((id) => context.supervisor.look(id))
    .filter(({ state }) => options.all === true || state === "open")
    .toSorted(oldestFirst);
}
