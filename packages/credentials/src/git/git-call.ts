import type { PushGrant } from "../protocol.ts";
import type { GitCapability } from "./calls.ts";
import type { GitEnd } from "./git-worker.ts";

/** One call that a session may make. */
export interface GitCall {
  readonly session: string;
  readonly grant: PushGrant;
  readonly capability: GitCapability;
  /** Writes down how it ended; only the first word counts. */
  note(end: GitEnd): void;
}
