import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";

/** Lets the agent process end as soon as it is idle; the next message wakes the session. */
export async function parkSession(context: Context, session: string): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  const wanted = context.wanted.get(id)?.wanted;
  if (context.supervisor.look(id).state === "closed") {
    throw new HarnessError("session-closed", `Session ${id} is closed.`);
  }
  if (wanted === "stopped") {
    throw new HarnessError("request-invalid", `Session ${id} is stopped: a message would not wake it.`, {
      hint: "Resume it first.",
    });
  }
  const park = () => context.wanted.change(id, (record) => ({ ...record, wanted: "parked" }));
  await context.supervisor.apply(id, park);
  return context.supervisor.look(id);
}
