import { existsSync, statfsSync } from "node:fs";
import { readSession, type StateRoot } from "@harness/core";
import type { Known, Target } from "./measures.ts";
import { emptySizes, totalOf } from "./places.ts";
import type { DiskReport } from "./schema.ts";

interface Row {
  bytes: number | null;
  atLeast: boolean;
  measuredAt: string | null;
}

/** What is known of all targets as people and programs read it. */
export function writeReport(root: StateRoot, targets: Target[], known: ReadonlyMap<string, Known>): DiskReport {
  const sessions = [];
  const shared = [];
  for (const { kind, name, directory } of targets) {
    const found = known.get(directory);
    const row = rowOf(found);
    if (kind === "session") {
      const { spec, status } = readSession(root.session(name));
      const parts = found?.measure.sizes ?? emptySizes();
      sessions.push({ id: name, name: spec?.name ?? null, closed: status?.state === "closed", ...row, parts });
    } else {
      shared.push({ kind, name, ...row });
    }
  }
  const rows: Row[] = [...sessions, ...shared];
  return {
    bytes: rows.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    atLeast: rows.some(({ atLeast }) => atLeast),
    free: freeOf(root.path),
    sessions: sessions.toSorted(largestFirst),
    shared: shared.toSorted(largestFirst),
  };
}

function rowOf(known: Known | undefined): Row {
  if (known === undefined) return { bytes: null, atLeast: true, measuredAt: null };
  const { measure, atMs } = known;
  return { bytes: totalOf(measure.sizes), atLeast: measure.atLeast, measuredAt: new Date(atMs).toISOString() };
}

function largestFirst(one: Row, other: Row): number {
  return (other.bytes ?? 0) - (one.bytes ?? 0);
}

function freeOf(path: string): number | null {
  if (!existsSync(path)) return null;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
