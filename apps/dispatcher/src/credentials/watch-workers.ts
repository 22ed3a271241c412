import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSameProcess, type ProcessIdentity } from "@harness/core";
import { listGrants } from "@harness/credentials";
import type { Context } from "../context.ts";
import { storedMs } from "./opened-keys.ts";

const LOOK_MS = 200;
/** A worker that lived for less than this has failed by itself. */
const SHORT_LIFE_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface WorkerWatch {
  /** It serves. From here on it is seen to that it does, as long as anybody has a grant. */
  serves(name: string, identity: ProcessIdentity): void;
  /** There are grants of an earlier dispatcher's. */
  follow(name: string): void;
  begin(): void;
  /** Ends the watch. The workers go on. */
  close(): void;
}

interface Watched {
  identity: ProcessIdentity | null;
  startedMs: number;
  failures: number;
  dueMs: number;
  /** When the stored key was last written. */
  storedMs: number;
  complaint: string;
}

/** Sees to it that what is granted is served. `ensure` starts a worker, or finds it, and says so by `serves`. */
export function watchWorkers(
  { root, clock, log }: Pick<Context, "root" | "clock" | "log">,
  ensure: (name: string) => Promise<void>,
): WorkerWatch {
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | null = null;

  function stateOf(name: string): Watched {
    const known = watched.get(name);
    if (known) return known;
    const stored = storedMs(root, name);
    const fresh = { identity: null, startedMs: 0, failures: 0, dueMs: 0, storedMs: stored, complaint: "" };
    watched.set(name, fresh);
    return fresh;
  }

  function look(): void {
    for (const [name, state] of watched) {
      try {
        lookAt(name, state);
      } catch (error) {
        // Out of descriptors, as a rule: the next look may see more.
        complain(state, "it cannot be seen whether a credential worker lives", { provider: name, error });
      }
    }
  }

  /** A worker that ended is started again, at once the first time. */
  function lookAt(name: string, state: Watched): void {
    const changed = state.storedMs !== storedMs(root, name);
    const lives = state.identity !== null && isSameProcess(state.identity);
    if ((lives && !changed) || clock.monotonic() < state.dueMs) return;
    if (!lives && !isNeeded(name)) {
      // It ends by itself when nobody has a grant. The next grant starts another.
      watched.delete(name);
      return;
    }
    if (state.identity !== null && !lives) {
      const short = clock.monotonic() - state.startedMs < SHORT_LIFE_MS;
      log.warn("a credential worker has ended and is started again", { provider: name, pid: state.identity.pid });
      state.failures = short ? state.failures + 1 : 0;
      state.identity = null;
    }
    startAgain(name, state, changed);
  }

  /** Once, however often it is found. */
  function complain(state: Watched, what: string, about: { provider: string; error: unknown }): void {
    if (state.complaint !== String(about.error)) log.warn(what, about);
    state.complaint = String(about.error);
  }

  function startAgain(name: string, state: Watched, changed: boolean): void {
    const wait = state.failures === 0 ? SHORT_LIFE_MS : Math.min(LONGEST_WAIT_MS, 100 * 2 ** state.failures);
    const due = clock.monotonic() + (state.failures > 1 || changed ? wait : 0);
    // Until this start has ended no second one begins.
    state.dueMs = Number.POSITIVE_INFINITY;
    void ensure(name)
      .then(() => (state.dueMs = due))
      .catch((error: unknown) => {
        state.dueMs = clock.monotonic() + Math.max(SHORT_LIFE_MS, wait);
        state.storedMs = storedMs(root, name);
        complain(state, "a credential worker cannot be started", { provider: name, error });
      });
  }

  function isNeeded(name: string): boolean {
    const { directory } = root.workerOf(name);
    const sessions = listGrants(directory);
    // One whose grants are there and cannot be read is not given up for that.
    return sessions === null ? existsSync(join(directory, "grants")) : sessions.length > 0;
  }

  return {
    serves(name, identity) {
      const state = stateOf(name);
      if (identity.pid !== state.identity?.pid) state.startedMs = clock.monotonic();
      state.identity = identity;
      state.storedMs = storedMs(root, name);
      state.complaint = "";
    },
    follow: (name) => void (isNeeded(name) && stateOf(name)),
    begin() {
      look();
      timer = setInterval(look, LOOK_MS);
    },
    close() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
