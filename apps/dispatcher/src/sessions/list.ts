import { listSessionIds } from "@harness/core";
import type { Context } from "../context.ts";
import { listArchived, summarizeArchived } from "./archived.ts";
import { oldestFirst } from "./oldest-first.ts";
import type { SessionSummary } from "./schema.ts";

/** Oldest first. Closed and archived sessions only with `all`. Throws `storage-lost`. */
export function listSessions(context: Context, options: { all?: boolean } = {}): SessionSummary[] {
  context.supervisor.requireStorage();
  const { all = false } = options;
  const archived = all ? listArchived(context.root) : [];
  return listSessionIds(context.root)
    .map((id) => context.supervisor.look(id))
    .filter(({ state }) => all || state === "open")
    .concat(archived.map((id) => summarizeArchived(context.root, id, context.clock.now())))
    .toSorted(oldestFirst);
}
