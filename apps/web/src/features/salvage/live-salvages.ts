import { listSalvages } from "../../lib/api.ts";
import { followEvents } from "../../lib/live-events.ts";
import { explain, type Problem } from "../../lib/problem.ts";
import type { ApiEvent, ToldSalvage } from "../../lib/shapes.ts";
import { createStore, useStore } from "../../lib/store.ts";

interface SalvageList {
  /** Null before the first answer. */
  readonly kept: readonly ToldSalvage[] | null;
  /** Why the list could not be read the last time. What was read before stays. */
  readonly problem: Problem | null;
}

const UNKNOWN: SalvageList = { kept: null, problem: null };
const list = createStore(UNKNOWN);
let newest = 0;

/** Reads the list again. An answer that another one has overtaken is dropped. */
export async function relistSalvages(): Promise<void> {
  const own = ++newest;
  const settle = (next: SalvageList) => void (own === newest && list.set(next));
  try {
    settle({ kept: await listSalvages(), problem: null });
  } catch (error) {
    settle({ kept: list.get().kept, problem: explain(error) });
  }
}

const follower = {
  onEvent: ({ type }: ApiEvent) => {
    if (type === "salvage.changed") void relistSalvages();
  },
  onConnection: () => void relistSalvages(),
};

/** Follows what is kept, whatever page is open, until the tab goes. */
export function followSalvages(): void {
  if (followEvents(follower)) void relistSalvages();
}

export const useSalvageList = () => useStore(list, UNKNOWN);
