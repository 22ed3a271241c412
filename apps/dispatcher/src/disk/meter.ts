import { existsSync } from "node:fs";
import type { Clock, StateRoot } from "@harness/core";
import type { Log } from "../log.ts";
import type { Feed } from "../router/feed.ts";
import { measureTree, type MeasureBounds } from "./measure-tree.ts";
import { listTargets, sessionTarget, type Known, type Target } from "./measures.ts";
import { totalOf } from "./places.ts";
import type { DiskReport } from "./schema.ts";
import { writeReport } from "./write-report.ts";

export interface DiskMeter {
  /**
   * Contract: measures what is not known or no longer true, all of it with `fresh`, for a bounded time. What there was no
   * time for is told as not measured. Who asks while it measures gets the same answer.
   */
  report(options: { fresh: boolean }): Promise<DiskReport>;
  /** Contract: measures a session slowly, unless what is known of it is true and will do. Null when it is not there. */
  measure(id: string, options: { again: boolean; signal: AbortSignal }): Promise<number | null>;
  /** Contract: measures sessions a while after their turn has ended, one after another and slowly, until the signal. */
  follow(feed: Feed, log: Log, signal: AbortSignal): void;
}

const ENTRIES = 2_000_000;
const WALK_MS = 10_000;
const REPORT_MS = 20_000;
/** What belongs to no session changes unseen. */
const SHARED_MS = 60_000;
/** Who made many sessions at once waits for the disk himself, and a turn is often followed by the next. */
const REST_MS = 10_000;
/** After each slice of 4 ms: a twentieth of a core. */
const PAUSE_MS = 76;

export function createDiskMeter({ root, clock }: { root: StateRoot; clock: Clock }): DiskMeter {
  const known = new Map<string, Known>();
  let asked: { fresh: boolean; report: Promise<DiskReport> } | null = null;

  async function measure({ directory, place }: Target, bounds: Omit<MeasureBounds, "entries">): Promise<void> {
    const before = known.get(directory);
    // What happens while it is measured makes it stale again.
    if (before) before.stale = false;
    const found = await measureTree(directory, place, { ...bounds, entries: ENTRIES });
    if (bounds.signal?.aborted) return;
    known.set(directory, { measure: found, atMs: clock.now(), stale: known.get(directory)?.stale ?? false });
  }
  function isDue({ directory, kind }: Target, fresh: boolean): boolean {
    const found = known.get(directory);
    if (fresh || found === undefined || found.stale) return true;
    return kind !== "session" && clock.now() - found.atMs >= SHARED_MS;
  }
  async function write(fresh: boolean): Promise<DiskReport> {
    const targets = listTargets(root);
    const there = new Set(targets.map(({ directory }) => directory));
    for (const directory of known.keys()) if (!there.has(directory)) known.delete(directory);
    const endMs = clock.monotonic() + REPORT_MS;
    for (const target of targets.filter((each) => isDue(each, fresh))) {
      const leftMs = endMs - clock.monotonic();
      if (leftMs <= 0) break;
      await measure(target, { walkMs: Math.min(WALK_MS, leftMs), pauseMs: 0 });
    }
    return writeReport(root, targets, known);
  }

  return {
    report: ({ fresh }) => {
      if (asked !== null && (asked.fresh || !fresh)) return asked.report;
      const mine = { fresh, report: write(fresh).finally(() => asked === mine && (asked = null)) };
      asked = mine;
      return mine.report;
    },
    measure: async (id, { again, signal }) => {
      const target = sessionTarget(root, id);
      if (again || isDue(target, false)) await measure(target, { walkMs: WALK_MS, pauseMs: PAUSE_MS, signal });
      const found = known.get(target.directory);
      return found === undefined || !existsSync(target.directory) ? null : totalOf(found.measure.sizes);
    },
    follow: (feed, log, signal) => {
      const waiting = new Map<string, { target: Target; dueMs: number }>();
      const turns = new Map<string, string>();
      let working = false;
      const work = async (): Promise<void> => {
        working = true;
        for (const [id, { target, dueMs }] of waiting) {
          await clock.sleep(dueMs - clock.monotonic(), signal);
          if (signal.aborted) break;
          waiting.delete(id);
          await measure(target, { walkMs: WALK_MS, pauseMs: PAUSE_MS, signal });
        }
        working = false;
      };
      const forget = feed.subscribe((event) => {
        if (event.type === "session.removed") {
          waiting.delete(event.session);
          turns.delete(event.session);
          known.delete(root.session(event.session).directory);
        } else if (event.type === "session.changed" && event.session.turn?.state === "ended") {
          const { id, turn, turns: count } = event.session;
          const ended = `${count} ${turn.startedAt} ${turn.attempt}`;
          if (turns.get(id) === ended) return;
          turns.set(id, ended);
          const target = sessionTarget(root, id);
          const found = known.get(target.directory);
          if (found) found.stale = true;
          waiting.set(id, { target, dueMs: clock.monotonic() + REST_MS });
          if (working) return;
          work().catch((error: unknown) => {
            working = false;
            log.warn("the disk of a session could not be measured", { error });
          });
        }
      });
      signal.addEventListener("abort", forget, { once: true });
    },
  };
}
