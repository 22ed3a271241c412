import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantStopped } from "./wanted.ts";

/** Ends the agent process at once, with its whole process tree. Sticky like `stop`. */
export async function killSession(context: Context, session: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  await context.supervisor.end(id, "kill", () => context.wanted.change(id, wantStopped));
  return context.supervisor.look(id);
}
