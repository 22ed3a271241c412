import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantRunning } from "./wanted.ts";

/** Starts a stopped, parked or failed session; earlier failures no longer count. */
export async function resumeSession(context: Context, session: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  if (context.supervisor.look(id).state === "closed") {
    throw new HarnessError("session-closed", `Session ${id} is closed.`);
  }
  await context.supervisor.apply(id, () => context.wanted.change(id, wantRunning));
  return context.supervisor.look(id);
}
