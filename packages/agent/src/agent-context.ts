import type { AgentChoice, Clock, EventBody, Inbox, Outbound, SessionPaths, Setup } from "@harness/core";
import type { WorkingMemory } from "./context.ts";
import type { ModelChoice } from "./drivers/driver.ts";
import type { Failpoints } from "./failpoints.ts";
import type { ModelCalls } from "./model/model-calls.ts";
import type { RelayProgram } from "./model/start-relay.ts";
import type { Place } from "./place.ts";
import type { Push } from "./push/open-with-push.ts";
import type { Questions } from "./questions.ts";
import type { StatusWriter } from "./status.ts";
import type { Storage } from "./storage.ts";
import type { ProcessTree } from "./tree/process-tree.ts";
import type { OutletHolder } from "./wall/hold-outlet.ts";
import type { Wall } from "./wall/wall.ts";

/** The parts of one agent process. */
export interface AgentContext {
  readonly session: string;
  readonly paths: SessionPaths;
  readonly place: Place;
  readonly choice: AgentChoice;
  readonly model: ModelChoice | null;
  /** What setup.json asks for. */
  readonly setup: Setup | null;
  readonly relay: RelayProgram;
  readonly outlet: OutletHolder;
  /** Null where the session may not push. */
  readonly push: Push | null;
  readonly calls: ModelCalls;
  readonly clock: Clock;
  readonly inbox: Inbox;
  readonly status: StatusWriter;
  readonly memory: WorkingMemory;
  readonly storage: Storage;
  readonly questions: Questions;
  readonly wall: Wall;
  readonly processes: ProcessTree;
  readonly failpoint: Failpoints;
  /** Adds an event to the log. */
  record(event: EventBody): void;
  /** Publishes a report, however long the disk takes. Under an id that is taken it does nothing: the first report stands. */
  report(message: Outbound): Promise<void>;
  hasReport(id: string): boolean;
  /** Null when there is none, or none that can be read. */
  readReport(id: string): Promise<Outbound | null>;
}
