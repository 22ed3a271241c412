import { HarnessError, sendMessage } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { MessageInput, Sent } from "./schema.ts";

/** Publishes a message into the session's inbox and wakes its agent process. */
export async function sendToSession(context: Context, session: string, message: MessageInput): Promise<Sent> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  if (context.supervisor.look(id).state === "closed") {
    throw new HarnessError("session-closed", `Session ${id} is closed and takes no message.`);
  }
  const sent = await sendMessage(context.root.session(id), message);
  // A parked session is woken; a start that fails is the supervisor's to retry, the message is safe on disk.
  void context.supervisor
    .apply(id)
    .catch((error: unknown) => context.log.warn("start after a message failed", { session: id, error }));
  return sent;
}
