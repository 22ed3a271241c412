import { listSessionIds } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantStopped } from "./wanted.ts";

/** Ends the agent process with a grace. Sticky: nothing but `resume` starts it again. */
export async function stopSession(context: Context, session: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  await context.supervisor.end(id, "stop", () => context.wanted.change(id, wantStopped));
  return context.supervisor.look(id);
}

/** Ends every agent process, all at once. What is wanted of the sessions stays: the next dispatcher goes on with them. */
export async function endAll(context: Context): Promise<void> {
  // One that is being started does not live yet.
  const isUp = (id: string) => context.supervisor.look(id).alive || context.wanted.get(id)?.wanted === "run";
  const live = listSessionIds(context.root).filter(isUp);
  await Promise.all(live.map((id) => context.supervisor.end(id, "stop")));
}
