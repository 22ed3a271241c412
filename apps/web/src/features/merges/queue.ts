import { isOpen } from "../../lib/merge-list.ts";
import type { MergeItem } from "../../lib/shapes.ts";

/** The merges into one branch of one repository, in the order in which they come in. */
export interface Lane {
  readonly repository: string;
  readonly into: string;
  readonly items: readonly MergeItem[];
}

export function repositoriesOf(items: Iterable<MergeItem>): string[] {
  return [...new Set([...items].map(({ repository }) => repository))].toSorted();
}

/** What has not ended, by branch. What a person is waited for with is in nobody's way, and comes first. */
export function lanesOf(items: Iterable<MergeItem>): Lane[] {
  const lanes = new Map<string, MergeItem[]>();
  const rank = ({ state }: MergeItem) => Number(state !== "needs approval");
  for (const item of [...items].filter(isOpen).toSorted((a, b) => rank(a) - rank(b) || a.order - b.order)) {
    const key = JSON.stringify([item.repository, item.into]);
    lanes.set(key, [...(lanes.get(key) ?? []), item]);
  }
  const isNeedy = (lane: Lane) => lane.items.some(({ state }) => state === "needs approval");
  return [...lanes.values()]
    .map((all): Lane => ({ repository: all[0]?.repository ?? "", into: all[0]?.into ?? "", items: all }))
    .toSorted((a, b) => Number(isNeedy(b)) - Number(isNeedy(a)) || compare(a, b));
}

const compare = (a: Lane, b: Lane) => a.repository.localeCompare(b.repository) || a.into.localeCompare(b.into);

/** What has ended, the last first. */
export function endedOf(items: Iterable<MergeItem>): MergeItem[] {
  return [...items].filter((item) => !isOpen(item)).toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
}

/** What the page says first. */
export function queueHeadline(items: Iterable<MergeItem>): string {
  const all = [...items];
  const count = (...states: MergeItem["state"][]) => all.filter(({ state }) => states.includes(state)).length;
  const [needy, moving] = [count("needs approval"), count("queued", "running")];
  if (needy > 0) return needy === 1 ? "One merge waits for your yes." : `${needy} merges wait for your yes.`;
  if (moving > 0) return moving === 1 ? "One merge is on its way." : `${moving} merges are on their way.`;
  return all.length === 0 ? "No merges yet." : "No merge waits.";
}
