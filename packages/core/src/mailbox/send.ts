import { timestamp } from "../clock.ts";
import { readJsonFileSync } from "../fs/json-file.ts";
import { newMessageId, parseId } from "../ids.ts";
import type { SessionPaths } from "../layout/session-directory.ts";
import { signalProcess } from "../process/identity.ts";
import { lookLock } from "../process/lock.ts";
import type { Inbound, InboundKind } from "../schema/inbound.ts";
import { StatusSchema } from "../schema/status.ts";
import { withHeldBox } from "./held-box.ts";
import { publishEnvelope } from "./publish-envelope.ts";

export interface OutgoingMessage {
  kind: InboundKind;
  body: object;
  /** A UUIDv7 unless given. The same id again is a retry, however often. */
  id?: string;
  replyTo?: string;
}

/**
 * Sends one message to a session and wakes its agent process. Works with and without a dispatcher.
 * Throws `message-invalid`, `message-too-large`, `id-conflict`, `session-not-found`, `storage-full`, `storage-failed`.
 */
export async function sendMessage(
  paths: SessionPaths,
  message: OutgoingMessage,
): Promise<{ id: string; outcome: "published" | "duplicate" }> {
  const id = message.id === undefined ? newMessageId() : parseId(message.id, "message id");
  const { kind, body, replyTo } = message;
  const envelope = { v: 1, id, kind, ...(replyTo === undefined ? {} : { replyTo }), createdAt: timestamp(), body };
  const outcome = await withHeldBox(paths.inbox, (box) => publishEnvelope(box, envelope as Inbound));
  if (outcome === "published") wakeAgent(paths);
  return { id, outcome };
}

/** Asks the agent process to look into its inbox now. False when there is none that can be asked. SIGURG is ignored by programs that do not know it. */
export function wakeAgent(paths: SessionPaths): boolean {
  try {
    const agent = readJsonFileSync(paths.status, StatusSchema)?.process ?? null;
    if (agent === null || lookLock(paths.lock, agent) === "free") return false;
    return signalProcess(agent, "SIGURG");
  } catch {
    // Somebody else's process, or too few descriptors: what was sent is sent, and its next scan finds it.
    return false;
  }
}
