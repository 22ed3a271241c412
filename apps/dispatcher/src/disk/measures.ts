import { readdirSync } from "node:fs";
import { join } from "node:path";
import { listSessionIds, systemCode, type StateRoot } from "@harness/core";
import type { Measure } from "./measure-tree.ts";
import { SESSION, WHOLE, type Place } from "./places.ts";

/** One directory that is measured by itself. */
export interface Target {
  directory: string;
  place: Place;
  kind: "session" | "hub" | "archive" | "trash" | "run";
  name: string;
}

/** What is known of a target. */
export interface Known {
  measure: Measure;
  atMs: number;
  /** Something happened there since. */
  stale: boolean;
}

export function sessionTarget(root: StateRoot, id: string): Target {
  return { directory: root.session(id).directory, place: SESSION, kind: "session", name: id };
}

/** Everything in the state root that grows. */
export function listTargets(root: StateRoot): Target[] {
  const whole = (kind: Target["kind"], directory: string, name: string = kind): Target => ({
    directory,
    place: WHOLE,
    kind,
    name,
  });
  return [
    ...namesIn(root.sessions, () => listSessionIds(root)).map((id) => sessionTarget(root, id)),
    ...namesIn(root.hub).map((name) => whole("hub", join(root.hub, name), name)),
    ...(["archive", "trash", "run"] as const).map((kind) => whole(kind, kind === "run" ? root.run.path : root[kind])),
  ];
}

function namesIn(directory: string, list: () => string[] = () => readdirSync(directory)): string[] {
  try {
    return list();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
