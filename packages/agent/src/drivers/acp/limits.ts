/** How long the driver waits. Tests wait less. */
export interface AcpLimits {
  /** For an agent that starts: from its program to a session that takes prompts. */
  readonly startMs: number;
  /** For the end of a cancelled turn, before its processes are killed. Well below `GRACE_MS`. */
  readonly cancelMs: number;
  /** For an agent whose stdin was closed. */
  readonly closeMs: number;
}

export const LIMITS: AcpLimits = { startMs: 120_000, cancelMs: 400, closeMs: 1_000 };
