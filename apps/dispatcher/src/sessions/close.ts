import { sendMessage } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantRunning } from "./wanted.ts";

/** Asks the agent process to close the session for good; one that has no process is started for it. */
export async function closeSession(context: Context, session: string, reason?: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  if (context.supervisor.look(id).state === "closed") return context.supervisor.look(id);
  await sendMessage(context.root.session(id), { kind: "close", body: reason === undefined ? {} : { reason } });
  await context.supervisor.apply(id, () => context.wanted.change(id, wantRunning));
  return context.supervisor.look(id);
}
