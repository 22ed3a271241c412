import type { SessionSummary } from "./shapes.ts";

export type CollisionNote = SessionSummary["collisions"][number];

/** The other side in a word or two: the branch, and whose it is. */
export function otherSide({ session, name, branch }: CollisionNote): string {
  return session === null ? branch : `${branch} (${name ?? session})`;
}

/** "fix/login (k3x…) and this branch changed the same lines: a.ts, b.ts and 3 more." */
export function collisionSentence(note: CollisionNote): string {
  const { files, more } = note;
  const list = more === 0 ? files.join(", ") : `${files.join(", ")} and ${more} more`;
  return `${otherSide(note)} and this branch changed the same lines${list === "" ? "" : `: ${list}`}.`;
}

/** What the mark beside a session says. */
export function markWords(collisions: readonly CollisionNote[]): string {
  const [first] = collisions;
  if (first === undefined) return "";
  const others = collisions.length - 1;
  return `conflicts with ${first.branch}${others === 0 ? "" : ` and ${others} more`}`;
}
