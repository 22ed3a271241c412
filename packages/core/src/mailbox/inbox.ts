import { type Clock, systemClock } from "../clock.ts";
import type { Box } from "../layout/session-directory.ts";
import { rejectMessage, retryMessage, startMessage } from "./attempt.ts";
import { makeReaderBox } from "./box-directories.ts";
import { claimMessage, type ClaimedMessage, type ClaimOptions } from "./claim.ts";
import { createInboxState, INBOX_LIMITS, type InboxLimits } from "./inbox-state.ts";
import { pruneInbox } from "./prune.ts";
import { recoverClaimed } from "./recover.ts";
import { countBacklog, type ReadyMessage, scanInbox } from "./scan.ts";
import { settleMessage, type Settled } from "./settle.ts";

export interface InboxOptions {
  clock?: Clock;
  /** Told of every file that was moved to `.bad`. */
  onRejected?(id: string, reason: string): void;
  /** Told once of names that are no message names; those files are left alone. */
  onIgnored?(names: string[]): void;
  limits?: Partial<InboxLimits>;
  /** A message that comes before all others: the goal of a session that has never run. */
  firstId?: string;
}

/** The reading end of an inbox. Contract: one process has it open, the holder of the session's lock. */
export interface Inbox {
  /** What an earlier process left in `.claimed`. */
  recover(): Promise<ClaimedMessage[]>;
  /** What is whole, in order; junk goes to `.bad`. Throws `session-not-found` when the session's directory is gone. */
  scan(): Promise<ReadyMessage[]>;
  /** Files not looked at yet, because a scan looks at so many at most. */
  backlog(): number;
  /** Null when the message vanished or changed; a later scan tells. */
  claim(message: ReadyMessage, options?: ClaimOptions): Promise<ClaimedMessage | null>;
  /** One more attempt, on the disk before the work. Throws `attempts-exhausted` after the last one. */
  retry(claimed: ClaimedMessage): Promise<ClaimedMessage>;
  start(claimed: ClaimedMessage): Promise<ClaimedMessage>;
  settle(claimed: ClaimedMessage): Promise<Settled>;
  reject(claimed: ClaimedMessage, reason: string): Promise<void>;
  /** Removes what was settled longer ago, and publishers' litter. */
  prune(olderThanMs: number): Promise<number>;
}

export function openInbox(box: Box, options: InboxOptions = {}): Inbox {
  const clock = options.clock ?? systemClock;
  const state = createInboxState({
    box,
    clock,
    limits: { ...INBOX_LIMITS, ...options.limits },
    firstId: options.firstId,
    onRejected: (id, reason) => options.onRejected?.(id, reason),
    onIgnored: (names) => options.onIgnored?.(names),
  });
  return {
    recover: async () => {
      makeReaderBox(box);
      return recoverClaimed(state);
    },
    scan: async () => {
      makeReaderBox(box);
      return scanInbox(state);
    },
    backlog: () => countBacklog(state),
    claim: (message, how) => claimMessage(state, message, how),
    retry: (claimed) => retryMessage(state, claimed),
    start: (claimed) => startMessage(state, claimed),
    settle: (claimed) => settleMessage(state, claimed),
    reject: (claimed, reason) => rejectMessage(state, claimed, reason),
    prune: (olderThanMs) => pruneInbox(box, olderThanMs, clock),
  };
}
