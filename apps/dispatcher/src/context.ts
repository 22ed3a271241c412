import type { Clock, StateRoot } from "@harness/core";
import type { Config } from "./config.ts";
import type { CredentialWorkers } from "./credentials/workers.ts";
import type { DiskMeter } from "./disk/meter.ts";
import type { Log } from "./log.ts";
import type { PortLeases } from "./ports/leases.ts";
import type { CollisionNotes } from "./radar/notes.ts";
import type { Feed } from "./router/feed.ts";
import type { Users } from "./users/own-users.ts";
import type { Health, SessionSummary } from "./sessions/schema.ts";
import type { WantedRecords } from "./sessions/wanted.ts";

/** What every verb is given. Made once, by the composition root. */
export interface Context {
  readonly root: StateRoot;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** The variables the dispatcher was started with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly wanted: WantedRecords;
  readonly feed: Feed;
  readonly ports: PortLeases;
  readonly collisions: CollisionNotes;
  readonly disk: DiskMeter;
  readonly supervisor: Supervisor;
  readonly credentials: CredentialWorkers;
  readonly users: Users;
}

/** What the verbs ask of the supervisor. */
export interface Supervisor {
  /** Contract: throws `storage-lost` while the state root is gone. Every verb that changes something begins with it. */
  requireStorage(): void;
  /**
   * Contract: makes the facts follow what is wanted of a session, at once. `prepare` changes what is wanted; nothing is
   * done to the session between it and the rest. Resolves when the agent process is ready, waits for a free place, or has
   * been asked to park. Throws `spawn-failed` when it could not be started, `session-busy` while it is held,
   * `session-not-found` when it is gone by then.
   */
  apply(id: string, prepare?: () => Promise<unknown>): Promise<void>;
  /**
   * Contract: ends the agent process and resolves when it is gone. `stop` gives it a grace, `kill` none. `prepare` runs
   * first, and nothing is decided about the session between the two: what it writes cannot be overtaken by a start.
   * Throws `session-not-found` when the session is gone by then.
   */
  end(id: string, how: "stop" | "kill", prepare?: () => Promise<unknown>): Promise<void>;
  /**
   * Contract: nothing is started for the session until the function returned is called. Throws `session-busy` where it is
   * held already, `session-not-found` where it is gone.
   */
  hold(id: string): () => void;
  /**
   * Contract: runs the teardown of a session that is held and has no agent process. Never throws for what that comes to:
   * a failure is told, a sentence each.
   */
  tearDown(id: string): Promise<string[]>;
  /** Contract: the session as its files tell it now; who listens to the feed learns of a difference. */
  look(id: string): SessionSummary;
  /** Contract: the session was removed; nothing of it is remembered. */
  forget(id: string): Promise<void>;
  health(): Health;
}
