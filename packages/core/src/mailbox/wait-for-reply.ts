import { type Clock, systemClock } from "../clock.ts";
import { HarnessError, isHarnessError } from "../errors.ts";
import { createHints } from "../fs/hints.ts";
import { derivedMessageId } from "../ids.ts";
import type { SessionPaths } from "../layout/session-directory.ts";
import type { Outbound } from "../schema/outbound.ts";
import { basename } from "node:path";
import { findKnown, readKnown } from "./known-message.ts";
import { openOutbox, type Outbox } from "./outbox.ts";
import { badReasonPath } from "./rejected.ts";

const POLL_MS = 500;
/** Our own agent process replies under one of the first derived ids; looking there first spares reading a long outbox. */
const DERIVED_TRIED = 4;

export interface WaitOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  clock?: Clock;
}

/**
 * The `reply` or `failed` that answers a message, as soon as it is in the outbox.
 * Throws `timed-out`, the signal's reason when it aborts, and `message-invalid` when the session rejected the message.
 */
export async function waitForReply(
  paths: SessionPaths,
  messageId: string,
  options: WaitOptions = {},
): Promise<Outbound> {
  const { clock = systemClock, timeoutMs = Infinity } = options;
  const signal = options.signal ?? new AbortController().signal;
  const outbox = openOutbox(paths.outbox, clock);
  const hints = createHints(paths.outbox.path, { clock, signal });
  const due = clock.monotonic() + timeoutMs;
  const looked = new Set<string>();
  const derived = Array.from({ length: DERIVED_TRIED }, (_, n) =>
    derivedMessageId(basename(paths.directory), messageId, n),
  );
  try {
    for (;;) {
      signal.throwIfAborted();
      const reply =
        (await findReply(outbox, { messageId, ids: derived })) ?? (await findNew(outbox, { messageId, looked }));
      if (reply !== null) return reply;
      refuseRejected(paths, messageId);
      const left = due - clock.monotonic();
      if (left <= 0) throw new HarnessError("timed-out", `No reply to ${messageId} came in ${timeoutMs} ms.`);
      await hints.wait(Math.min(left, POLL_MS));
    }
  } finally {
    hints.close();
  }
}

async function findNew(outbox: Outbox, want: { messageId: string; looked: Set<string> }): Promise<Outbound | null> {
  const ids = (await outbox.list()).filter((id) => !want.looked.has(id));
  return findReply(outbox, { ...want, ids });
}

async function findReply(
  outbox: Outbox,
  want: { messageId: string; ids: string[]; looked?: Set<string> },
): Promise<Outbound | null> {
  for (const id of want.ids) {
    try {
      const message = await outbox.read(id);
      want.looked?.add(id);
      if (message.replyTo === want.messageId && (message.kind === "reply" || message.kind === "failed")) return message;
    } catch (error) {
      // Not a report, and never one. Anything else may be over at the next look; some other file may be the reply.
      if (isHarnessError(error)) want.looked?.add(id);
    }
  }
  return null;
}

function refuseRejected(paths: SessionPaths, messageId: string): void {
  const reason = readKnown(badReasonPath(paths.inbox, messageId));
  // A verdict on a message that is still there is about another file of that name.
  if (reason === null || findKnown(paths.inbox, messageId) !== null) return;
  const text = Buffer.from(reason).toString("utf8").trim();
  throw new HarnessError("message-invalid", `The session rejected ${messageId}: ${text}.`);
}
