import { derivedMessageId, timestamp, type ClaimedMessage, type Inbound, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { claimMessage } from "./claim-message.ts";
import { failedMessage, fitText } from "./reply.ts";

/** Of a reason, which goes into the status and into a report. */
const REASON_BYTES = 16 * 1024;

/** Ends a session for good. Each step can be done again: a crash in between finds the `close` claimed and repeats them. */
export async function closeSession(context: AgentContext, claimed: ClaimedMessage): Promise<void> {
  const { session, clock, inbox, storage, status, record } = context;
  const { body } = claimed.message as Extract<Inbound, { kind: "close" }>;
  for (let waiting = await inbox.scan(); waiting.length > 0; waiting = await inbox.scan()) {
    for (const message of waiting) await refuse(context, message);
  }
  for (const left of await inbox.recover()) if (left.id !== claimed.id) await refuse(context, left);
  const reason = fitText(body.reason ?? "closed", REASON_BYTES);
  await context.report({
    v: 1,
    id: derivedMessageId(session, claimed.id, 0),
    kind: "exited",
    replyTo: claimed.id,
    createdAt: timestamp(clock),
    body: { reason, message: claimed.id },
  });
  status.apply({ type: "session.closed" });
  status.apply({ type: "agent.changed", agent: "exited", reason });
  record({ type: "session.closed", reason });
  await storage.persist(() => status.flush());
  await storage.persist(() => inbox.settle(claimed));
}

/** Whoever waits for a reply learns that none will come. */
async function refuse(context: AgentContext, waiting: ReadyMessage | ClaimedMessage): Promise<void> {
  const { session, clock, inbox, storage } = context;
  const claimed = "attempt" in waiting ? waiting : await claimMessage(context, waiting);
  if (!claimed) return;
  if (claimed.message.kind === "prompt") {
    const text = "The session was closed before this message had its turn.";
    const to = { session, message: claimed.id, createdAt: timestamp(clock) };
    await context.report(failedMessage(to, { code: "session-closed", text }));
  }
  await storage.persist(() => inbox.settle(claimed));
}
