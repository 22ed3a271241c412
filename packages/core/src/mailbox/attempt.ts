import { renameSync } from "node:fs";
import { HarnessError } from "../errors.ts";
import { syncDirectory } from "../fs/flush.ts";
import { claimedPath } from "../layout/message-file.ts";
import type { ClaimedMessage } from "./claim.ts";
import type { InboxState } from "./inbox-state.ts";
import { dropNote } from "./read-note.ts";
import { moveToBad } from "./rejected.ts";

/** C3: notes on the disk that the work begins, before it does. */
export async function startMessage(state: InboxState, claimed: ClaimedMessage): Promise<ClaimedMessage> {
  return moveOn(state, claimed, { started: true, attempt: claimed.attempt });
}

/**
 * Counts one more attempt, on the disk, before the work is tried again.
 * Throws `attempts-exhausted` when there were enough: the message is then in `.bad` with its reason.
 */
export async function retryMessage(state: InboxState, claimed: ClaimedMessage): Promise<ClaimedMessage> {
  if (claimed.attempt < state.limits.attempts) {
    return moveOn(state, claimed, { started: false, attempt: claimed.attempt + 1 });
  }
  const reason = `poison: it did not end in ${claimed.attempt} attempts`;
  await rejectMessage(state, claimed, reason);
  throw new HarnessError(
    "attempts-exhausted",
    `The message ${claimed.id} did not end in ${claimed.attempt} attempts.`,
    {
      details: { id: claimed.id, attempts: claimed.attempt },
    },
  );
}

/** Moves a claimed message to `.bad` with a reason. */
export async function rejectMessage(state: InboxState, claimed: ClaimedMessage, reason: string): Promise<void> {
  const moved = await moveToBad(state.box, { path: claimed.path, id: claimed.id }, reason);
  state.claimed().delete(claimed.id);
  state.baselines.delete(claimed.id);
  dropNote(state.box, claimed.id);
  if (moved) state.onRejected(claimed.id, reason);
}

async function moveOn(
  state: InboxState,
  claimed: ClaimedMessage,
  to: { attempt: number; started: boolean },
): Promise<ClaimedMessage> {
  const path = claimedPath(state.box, { id: claimed.id, ...to });
  if (path !== claimed.path) {
    renameSync(claimed.path, path);
    state.claimed().set(claimed.id, path);
    await syncDirectory(state.box.claimed);
  }
  return { ...claimed, ...to, path };
}
