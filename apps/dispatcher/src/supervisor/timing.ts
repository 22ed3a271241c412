/** Durations of the supervisor; tests shorten them. */
export interface Timing {
  readonly scanMs: number;
  readonly startTimeoutMs: number;
  readonly stopGraceMs: number;
  /** How long a killed process may take to vanish. */
  readonly killWaitMs: number;
  /** Own scans without proof of life until a session counts as lost. A dispatcher that stalled makes no scans. */
  readonly lostScans: number;
  /** … and until its process is ended and started again. */
  readonly hungScans: number;
  /** Scans for which a message waits in a session that was never started here: whoever put it there may start it. */
  readonly foreignScans: number;
  /** The first delay after a failure. */
  readonly restartMs: number;
  /** Between two looks at what the sessions at work take of the disk, where that is limited. */
  readonly diskMs: number;
}

export const TIMING: Timing = {
  scanMs: 2000,
  startTimeoutMs: 30_000,
  stopGraceMs: 10_000,
  killWaitMs: 5000,
  lostScans: 5,
  hungScans: 60,
  foreignScans: 5,
  restartMs: 1000,
  diskMs: 30_000,
};
