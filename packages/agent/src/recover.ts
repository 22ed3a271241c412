/** How often a turn may be begun; a message that stops the agent process each time is then given up. */
export const MAX_ATTEMPTS = 3;

export type Recovery = "run" | "resume" | "resume-uncounted" | "finish" | "give-up";

export interface RecoveryFacts {
  readonly started: boolean;
  readonly attempt: number;
  /** Its reply is in the outbox. */
  readonly reported: boolean;
  /** The last agent process ended on purpose while it ran: that says nothing against the message. */
  readonly interrupted: boolean;
}

/** What becomes of a message that an earlier agent process had claimed. Pure. */
export function planRecovery({ started, attempt, reported, interrupted }: RecoveryFacts): Recovery {
  if (reported) return "finish";
  // A second attempt that was counted and not begun: the first may have partly run all the same.
  if (!started) return attempt > 1 ? "resume-uncounted" : "run";
  if (interrupted) return "resume-uncounted";
  return attempt < MAX_ATTEMPTS ? "resume" : "give-up";
}
