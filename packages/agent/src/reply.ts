import {
  derivedMessageId,
  MESSAGE_LIMIT,
  type Outbound,
  type StopReason,
  type TurnFailure,
  type Usage,
  type WorktreeFacts,
} from "@harness/core";

/** Characters of a reply's text that are kept: the beginning, and the end when there is more. */
export const REPLY_HEAD = 128 * 1024;
export const REPLY_TAIL = 384 * 1024;
// Leaves room for the envelope, and for why the turn failed.
const REPLY_BYTES = MESSAGE_LIMIT - 16 * 1024;
const FAILURE_BYTES = 8 * 1024;

/** Collects text of any length in bounded memory. */
export interface ReplyText {
  add(text: string): void;
  text(): string;
}

export function collectText(
  limits: { head: number; tail: number } = { head: REPLY_HEAD, tail: REPLY_TAIL },
): ReplyText {
  let head = "";
  let tail = "";
  let dropped = 0;
  return {
    add(text) {
      const room = limits.head - head.length;
      head += text.slice(0, room);
      tail += text.slice(room);
      // Cut rarely, not at every piece: cutting copies.
      if (tail.length > 2 * limits.tail) {
        dropped += tail.length - limits.tail;
        tail = tail.slice(-limits.tail);
      }
    },
    text() {
      const surplus = Math.max(0, tail.length - limits.tail);
      const missing = dropped + surplus;
      if (missing === 0) return head + tail;
      return `${head}\n… ${missing} characters left out …\n${tail.slice(surplus)}`;
    },
  };
}

/** The text, cut in the middle until its JSON fits into a message: control characters take six bytes each there. */
export function fitText(text: string, limit: number = REPLY_BYTES): string {
  let fitting = text.toWellFormed();
  while (jsonBytes(fitting) > limit) {
    // What is cut grows with the excess, so that a few rounds are enough.
    const kept = Math.max(64, Math.floor((fitting.length * limit) / jsonBytes(fitting) / 1.1));
    const head = Math.floor(kept / 4);
    const missing = fitting.length - kept;
    fitting =
      `${fitting.slice(0, head)}\n… ${missing} characters left out …\n${fitting.slice(head - kept)}`.toWellFormed();
  }
  return fitting;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

export interface ReplyInput {
  readonly session: string;
  readonly message: string;
  readonly createdAt: string;
}

export interface TurnResult {
  readonly stopReason: StopReason;
  readonly text: string;
  readonly usage?: Usage | undefined;
  readonly failure?: TurnFailure | undefined;
  readonly worktree?: WorktreeFacts | undefined;
}

/** The report that ends a turn. Its id depends on the prompt alone, so that a turn that runs again reports once. */
export function replyMessage(to: ReplyInput, result: TurnResult): Outbound {
  const { stopReason, usage, worktree } = result;
  const failure = result.failure && { ...result.failure, text: fitText(result.failure.text, FAILURE_BYTES) };
  const body = { text: fitText(result.text), stopReason, usage, failure, worktree };
  return { ...reportEnvelope(to), kind: "reply", body };
}

/** The report that a prompt could not be handled at all. */
export function failedMessage(to: ReplyInput, failure: { code: string; text: string }): Outbound {
  return { ...reportEnvelope(to), kind: "failed", body: { code: failure.code, text: fitText(failure.text) } };
}

function reportEnvelope({ session, message, createdAt }: ReplyInput) {
  return { v: 1 as const, id: reportId(session, message), replyTo: message, createdAt };
}

export function reportId(session: string, message: string): string {
  return derivedMessageId(session, message, 0);
}
