import { lstatSync } from "node:fs";
import { messagePath, type ClaimedMessage, type Inbound, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { claimMessage } from "./claim-message.ts";
import type { AnswerMessage } from "./questions.ts";
import { cancelWaiting } from "./finish-turn.ts";
import type { Prompts } from "./prompts.ts";

/** The messages that are handled at once, ahead of waiting prompts. */
export interface Controls {
  handle(message: ReadyMessage | ClaimedMessage): Promise<void>;
  /** The prompts in the line are others than before: cancels that came ahead of their prompts are tried again. */
  retry(): Promise<void>;
  /** A turn is over: what was kept for it is settled, answers that no question took with a warning. */
  endTurn(): Promise<void>;
  /** Resolves when nothing of what was handled is still being written. */
  idle(): Promise<unknown>;
}

export interface ControlsOptions {
  readonly prompts: Prompts;
  /** Ends what comes before the first turn. False when nothing of the kind runs. */
  cancelSetup(): boolean;
  /** A `close` was taken. It is settled by whoever closes. */
  onClose(claimed: ClaimedMessage): void;
  onBroken(error: unknown): void;
}

// Those that stop something go before those that write something.
const ORDER: readonly Inbound["kind"][] = ["cancel", "answer", "close", "result", "context", "prompt"];

export function orderControls(messages: readonly ReadyMessage[]): ReadyMessage[] {
  const controls = messages.filter(({ message }) => message.kind !== "prompt");
  return controls.toSorted((one, other) => ORDER.indexOf(one.message.kind) - ORDER.indexOf(other.message.kind));
}

export function createControls(context: AgentContext, options: ControlsOptions): Controls {
  const { inbox, storage, record, questions } = context;
  const kept: ClaimedMessage[] = [];
  // They stay claimed until then, so that a crash loses none.
  const early: { readonly claimed: ClaimedMessage; readonly message: string }[] = [];
  const writing = new Set<Promise<void>>();

  async function handle(message: ReadyMessage | ClaimedMessage): Promise<void> {
    const claimed = "attempt" in message ? message : await claimMessage(context, message);
    if (!claimed) return;
    record({ type: "message.received", message: claimed.id, kind: claimed.message.kind });
    const { message: content } = claimed;
    switch (content.kind) {
      case "cancel":
        return cancel(claimed, content.body.message);
      case "answer":
        return answer(claimed, content);
      case "context":
        return edit(claimed, context.memory.edit(content.body));
      case "result":
        return unused(claimed, "No child of this session is awaited.");
      case "close":
        return options.onClose(claimed);
      case "prompt":
        throw new Error("A prompt is no control message.");
    }
  }

  async function edit(claimed: ClaimedMessage, edited: string[] | string): Promise<void> {
    if (typeof edited === "string") return reject(claimed, edited);
    later(keepEdit(claimed, edited));
  }

  async function keepEdit(claimed: ClaimedMessage, fields: string[]): Promise<void> {
    await storage.persist(context.memory.save);
    record({ type: "context.changed", fields });
    await settle(claimed);
  }

  async function cancel(claimed: ClaimedMessage, message: string | undefined): Promise<void> {
    if (message === undefined && options.cancelSetup()) return settle(claimed);
    if (options.prompts.cancel(message, "cancel")) {
      // Until the turn has its reply, a crash would otherwise resume what was cancelled.
      kept.push(claimed);
      return;
    }
    const waiting = message === undefined ? null : options.prompts.withdraw(message);
    if (!waiting) {
      if (message === undefined || !isInInbox(message)) return unused(claimed, "There is no such turn to cancel.");
      early.push({ claimed, message });
      return;
    }
    await cancelWaiting(context, waiting);
    await settle(claimed);
  }

  async function retry(): Promise<void> {
    for (const { claimed, message } of early.splice(0)) await cancel(claimed, message);
  }

  function isInInbox(message: string): boolean {
    return lstatSync(messagePath(context.paths.inbox, message), { throwIfNoEntry: false }) !== undefined;
  }

  async function answer(claimed: ClaimedMessage, message: AnswerMessage): Promise<void> {
    if (!options.prompts.listens) return unused(claimed, `There is no open question ${message.body.to}.`);
    const problem = questions.answer(message);
    if (problem === null) {
      // Only the end of the turn makes it superfluous: until then a crash asks the same question again.
      kept.push(claimed);
      return;
    }
    await reject(claimed, problem);
  }

  async function reject(claimed: ClaimedMessage, problem: string): Promise<void> {
    record({ type: "message.rejected", message: claimed.id, reason: problem });
    await storage.persist(() => inbox.reject(claimed, problem));
  }

  async function endTurn(): Promise<void> {
    for (const { body } of questions.endTurn()) warn(`An answer came to ${body.to}, which nobody asked.`);
    for (const claimed of kept.splice(0)) await settle(claimed);
  }

  async function unused(claimed: ClaimedMessage, why: string): Promise<void> {
    warn(`A message (${claimed.message.kind}, ${claimed.id}) had no effect. ${why}`);
    await settle(claimed);
  }

  function warn(text: string): void {
    record({ type: "warning.raised", code: "message-without-effect", text });
  }

  async function settle(claimed: ClaimedMessage): Promise<void> {
    await storage.persist(() => inbox.settle(claimed));
  }

  function later(work: Promise<void>): void {
    const watched = work.catch(options.onBroken).finally(() => writing.delete(watched));
    writing.add(watched);
  }

  return { handle, retry, endTurn, idle: () => Promise.all(writing) };
}
