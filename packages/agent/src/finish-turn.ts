import { timestamp, type ClaimedMessage, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { claimMessage } from "./claim-message.ts";
import type { TurnOutcome } from "./handle-prompt.ts";
import { MAX_ATTEMPTS } from "./recover.ts";
import { failedMessage, replyMessage, reportId } from "./reply.ts";

const TEXT_IN_EVENT = 16 * 1024;

/** Reports a turn and settles its prompt. The report comes first: a crash in between finds it and only settles. */
export async function finishTurn(context: AgentContext, claimed: ClaimedMessage, outcome: TurnOutcome): Promise<void> {
  const { session, clock, status, record } = context;
  const to = { session, message: claimed.id, createdAt: timestamp(clock) };
  await context.report(outcome.unbegun ? failedMessage(to, outcome.unbegun) : replyMessage(to, outcome));
  await context.failpoint("C5");
  const { stopReason, usage, failure, worktree } = outcome;
  const text = outcome.text.slice(0, TEXT_IN_EVENT);
  status.apply({ type: "turn.ended", turn: claimed.id, stopReason, failure });
  record({ type: "turn.ended", turn: claimed.id, stopReason, text, usage, failure, worktree });
  // The count of turns is right only if it is on the disk before nothing is left of the turn but its report.
  await status.flush();
  await settlePrompt(context, claimed);
}

/** The report was published before the last agent process ended. */
export async function finishReported(context: AgentContext, claimed: ClaimedMessage): Promise<void> {
  const report = await context.readReport(reportId(context.session, claimed.id));
  if (report?.kind === "failed" && report.body.code === "attempts-exhausted") return reject(context, claimed);
  const stopReason = report?.kind === "reply" ? report.body.stopReason : "failed";
  const { status } = context;
  const { id, attempt } = claimed;
  if (status.current().turn?.id !== id) status.apply({ type: "turn.started", turn: id, message: id, attempt });
  const failure = report?.kind === "reply" ? report.body.failure : undefined;
  status.apply({ type: "turn.ended", turn: id, stopReason, failure });
  await status.flush();
  await settlePrompt(context, claimed);
}

/** The agent process ended each time it handled this message: it is set aside and its sender told. */
export async function giveUp(context: AgentContext, claimed: ClaimedMessage): Promise<void> {
  const { session, clock } = context;
  const to = { session, message: claimed.id, createdAt: timestamp(clock) };
  await context.report(failedMessage(to, { code: "attempts-exhausted", text: abandonReason(claimed) }));
  await reject(context, claimed);
}

/** A prompt is answered as cancelled before it had its turn. */
export async function cancelWaiting(context: AgentContext, waiting: ReadyMessage | ClaimedMessage): Promise<void> {
  const claimed = "attempt" in waiting ? waiting : await claimMessage(context, waiting);
  if (!claimed) return;
  const to = { session: context.session, message: claimed.id, createdAt: timestamp(context.clock) };
  await context.report(replyMessage(to, { stopReason: "cancelled", text: "" }));
  await settlePrompt(context, claimed);
}

async function reject(context: AgentContext, claimed: ClaimedMessage): Promise<void> {
  const reason = abandonReason(claimed);
  context.status.apply({ type: "turn.ended", turn: claimed.id, stopReason: "failed" });
  context.record({ type: "message.rejected", message: claimed.id, reason });
  await context.storage.persist(() => context.inbox.reject(claimed, reason));
}

function abandonReason({ attempt }: ClaimedMessage): string {
  return `The agent process ended during each of ${Math.max(attempt, MAX_ATTEMPTS)} attempts to handle this message.`;
}

async function settlePrompt(context: AgentContext, claimed: ClaimedMessage): Promise<void> {
  const { amendment } = await context.storage.persist(() => context.inbox.settle(claimed));
  await context.failpoint("C6");
  if (amendment !== undefined) context.record({ type: "message.amended", message: claimed.id });
}
