import type { Context } from "../context.ts";
import type { Timing } from "./timing.ts";
import type { Track } from "./tracks.ts";

/** What the parts of the supervisor are given. */
export interface SupervisorParts extends Omit<Context, "supervisor"> {
  readonly timing: Timing;
  /** Told each step of a start, so that a test can end the process there. */
  onStep(step: "L1" | "L2" | "L4" | "L5"): void;
  random(): number;
  /** A session has failed for good: nothing starts it until a person resumes. */
  onGivenUp(id: string): void;
  /** Tells the feed when what is shown of a session has changed. */
  tell(track: Track): void;
}
