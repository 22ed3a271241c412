import type { Problem } from "./problem.ts";
import type { MergeItem } from "./shapes.ts";

/** What is known of the merges, by their ids. */
export interface MergeList {
  readonly isKnown: boolean;
  readonly items: ReadonlyMap<string, MergeItem>;
  /** Why the list could not be read the last time. */
  readonly problem: Problem | null;
}

export const NO_MERGES: MergeList = { isKnown: false, items: new Map(), problem: null };

/** An event, or the answer of whoever asked for a change: never older than what was told before it. */
export function withChanged(list: MergeList, item: MergeItem): MergeList {
  const known = list.items.get(item.id);
  if (known !== undefined && known.updatedAt > item.updatedAt) return list;
  return { ...list, items: new Map(list.items).set(item.id, item) };
}

/** The answer to a request for all of them, which events may have overtaken. */
export function withListed(list: MergeList, answer: readonly MergeItem[]): MergeList {
  const items = new Map(answer.map((item) => [item.id, item]));
  const newest = Math.max(0, ...answer.map(({ order }) => order));
  for (const [id, known] of list.items) {
    const listed = items.get(id);
    const isOvertaken = listed === undefined ? known.order > newest : known.updatedAt >= listed.updatedAt;
    if (isOvertaken) items.set(id, known);
  }
  return { isKnown: true, items, problem: null };
}

export const isOpen = ({ state }: MergeItem): boolean => state !== "ended";

/** Whether a merge that has not ended brings exactly that commit of the session. */
export function isBrought(items: Iterable<MergeItem>, { session, tip }: { session: string; tip: string }): boolean {
  return [...items].some((item) => isOpen(item) && item.session === session && item.tip === tip);
}

/** How many come into the same branch before it. */
export function countAhead(items: Iterable<MergeItem>, item: MergeItem): number {
  const isAhead = ({ state, order, gitDirectory, into }: MergeItem) =>
    (state === "queued" || state === "running") &&
    order < item.order &&
    gitDirectory === item.gitDirectory &&
    into === item.into;
  return [...items].filter(isAhead).length;
}

export function countNeedy(items: Iterable<MergeItem>): number {
  return [...items].filter(({ state }) => state === "needs approval").length;
}

/** The merges of one session, newest first. */
export function mergesOf(items: Iterable<MergeItem>, session: string): MergeItem[] {
  return [...items].filter((item) => item.session === session).toSorted((a, b) => b.order - a.order);
}
