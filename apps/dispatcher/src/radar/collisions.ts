import { createHash } from "node:crypto";
import type { Collision, CollisionNote, FileList, Side, Sighting } from "./schema.ts";

/** Two branches that cannot both be merged, as one look found them. */
export interface Found extends FileList {
  sides: [Side] | [Side, Side];
  target: { name: string; oid: string } | null;
}

export interface Comparison {
  present: Collision[];
  appeared: Collision[];
  gone: Collision[];
}

/** Two sides are one collision for as long as they conflict, whatever they commit meanwhile. */
export function collisionKey({ sides, target }: Pick<Collision, "sides" | "target">): string {
  const sessions = sides.map(({ session }) => session).toSorted();
  return [...sessions, target === null ? "" : `:${target.name}`].join(" ");
}

/**
 * Compares what was known with what was found. What could not be looked at stays as it was: `isUnsure` says so of a collision
 * that was not found.
 */
export function compareCollisions(
  known: readonly Collision[],
  found: readonly Found[],
  facts: { repository: string; now: string; isUnsure(collision: Collision): boolean },
): Comparison {
  const before = new Map(known.map((collision) => [collisionKey(collision), collision]));
  const after = new Map(found.map((one) => [collisionKey(one), one]));
  const present = [...after].map(([key, { sides, target, files, more }]): Collision => {
    const { id, since } = before.get(key) ?? { id: newId(facts, key), since: facts.now };
    return { id, repository: facts.repository, since, sides, target, files, more };
  });
  const missing = known.filter((collision) => !after.has(collisionKey(collision)));
  return {
    present: [...present, ...missing.filter((collision) => facts.isUnsure(collision))],
    appeared: present.filter((collision) => !before.has(collisionKey(collision))),
    gone: missing.filter((collision) => !facts.isUnsure(collision)),
  };
}

/** Whether a collision that was not found may still be there: one of its sides, or the two together, could not be looked at. */
export function isUnsure({ sessions, pairs }: Pick<Sighting, "sessions" | "pairs">): (collision: Collision) => boolean {
  const members = new Map(sessions.map((member) => [member.session, member]));
  return ({ sides, target }) => {
    const looked = sides.map(({ session }) => members.get(session));
    // Who is not among the open sessions any more is in nobody's way.
    if (looked.includes(undefined)) return false;
    if (looked.some((member) => member?.tip === null)) return true;
    if (target !== null) return looked.some((member) => member?.outcome === "unknown");
    const names = new Set(sides.map(({ session }) => session));
    return pairs.some((pair) => pair.outcome === "unknown" && pair.sides.every(({ session }) => names.has(session)));
  };
}

function newId({ repository, now }: { repository: string; now: string }, key: string): string {
  return createHash("sha256").update(`${repository}\0${key}\0${now}`).digest("hex").slice(0, 20);
}

const FILES = 5;

/** What a collision is for one of its sides; null for everybody else. */
export function noteFor(session: string, { id, sides, target, files, more }: Collision): CollisionNote | null {
  if (!sides.some((side) => side.session === session)) return null;
  const other = sides.find((side) => side.session !== session);
  const list = { files: files.slice(0, FILES), more: more + Math.max(0, files.length - FILES) };
  if (other !== undefined) return { id, session: other.session, name: other.name, branch: other.branch, ...list };
  return { id, session: null, name: null, branch: target?.name ?? "", ...list };
}
