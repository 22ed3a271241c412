import type { Commits } from "./merge-pairs.ts";

/** What of a session decides which merges are worth knowing. */
export interface Contender {
  id: string;
  tip: string | null;
  target: { oid: string } | null;
  /** Where its work begins. */
  fork: string | null;
  /** It has commits that its target has not. */
  hasOwn: boolean;
}

export type Ready<T> = T & { tip: string };

/** Those that have something to merge. */
export function withWork<T extends Contender>(sessions: readonly T[]): Ready<T>[] {
  return sessions.filter((one): one is Ready<T> => one.tip !== null && one.hasOwn);
}

/** Every two of them once. Two that stand on the same commit have nothing to disagree about. */
export function choosePairs<T extends Contender>(sessions: readonly T[]): [Ready<T>, Ready<T>][] {
  const sorted = withWork(sessions).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.flatMap((first, index) =>
    sorted
      .slice(index + 1)
      .flatMap((second): [Ready<T>, Ready<T>][] => (first.tip === second.tip ? [] : [[first, second]])),
  );
}

/** A target that has not moved on since a session's work began takes it as it is. */
export function hasToMerge({ tip, target, fork, hasOwn }: Contender): boolean {
  return tip !== null && target !== null && hasOwn && fork !== target.oid;
}

/** The merges whose outcome is needed, by their key: each two sessions, and each session with its target. */
export function planMerges(sessions: readonly Contender[]): Map<string, Commits> {
  const commits = choosePairs(sessions).map(([one, other]): Commits => [one.tip, other.tip]);
  for (const session of sessions) {
    const { tip, target } = session;
    if (hasToMerge(session) && tip !== null && target !== null) commits.push([target.oid, tip]);
  }
  return new Map(commits.map(([one, other]) => [mergeKey(one, other), [one, other]]));
}

/** What a merge of two commits is known by: whether they conflict does not depend on which comes first. */
export function mergeKey(one: string, other: string): string {
  return one < other ? `${one}:${other}` : `${other}:${one}`;
}
