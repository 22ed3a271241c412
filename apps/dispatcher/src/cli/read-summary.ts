import {
  readJsonFileSync,
  readSession,
  WantedSchema,
  type SessionView,
  type StateRoot,
  type Wanted,
} from "@harness/core";
import { isKeyInside } from "../sessions/provider-key.ts";
import type { SessionSummary } from "../sessions/schema.ts";
import { summarizeSession } from "../sessions/summarize.ts";

/** What only config.yaml knows; left out where it is not shown, because reading it takes longer than everything else. */
export interface Configured {
  limit: number;
}

export interface SessionFiles {
  view: SessionView;
  wanted: Wanted | null;
  summary: SessionSummary;
}

// As the dispatcher counts: five scans of two seconds without proof of life, and some more for a stall of this machine.
const LOST_MS = 20_000;
export const UNCONFIGURED: Configured = { limit: 0 };

/** One session as its files tell it: the same with and without a dispatcher. */
export function readSessionFiles(root: StateRoot, id: string, configured: Configured = UNCONFIGURED): SessionFiles {
  const view = readSession(root.session(id));
  const wanted = readJsonFileSync(root.runOf(id).wanted, WantedSchema);
  const nowMs = Date.now();
  const lost = view.alive && view.heartbeatAt !== null && nowMs - view.heartbeatAt > LOST_MS;
  const observation = {
    lost,
    keyInside: isKeyInside(wanted),
    limit: configured.limit,
    pid: view.alive ? (view.status?.process.pid ?? null) : null,
    // What was refused of its outbox is known to the dispatcher that read it.
    rejected: new Map<string, string>(),
    // The same holds for branches that conflict.
    collisions: [],
  };
  return { view, wanted, summary: summarizeSession({ view, wanted, observation, nowMs }) };
}
