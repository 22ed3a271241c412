import { listSessionIds } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantStopped } from "./wanted.ts";

/** Ends the agent process with a grace. Sticky: nothing but `resume` starts it again. */
export async function stopSession(context: Context, session: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  await context.wanted.change(id, wantStopped);
  await context.supervisor.end(id, "stop");
  return context.supervisor.look(id);
}

/** Stops every session that has a process, all at once. Returns their ids. */
export async function stopAll(context: Context): Promise<string[]> {
  context.supervisor.requireStorage();
  const live = listSessionIds(context.root).filter((id) => context.supervisor.look(id).alive);
  await Promise.all(live.map((id) => stopSession(context, id)));
  return live;
}
