import type { GitContext } from "../worktrees/git.ts";
import { type KnownCollision, readMemory, writeMemory } from "./memory.ts";
import type { MergeOutcome } from "./parse-merges.ts";
import { createRemembered, type Remembered } from "./remembered.ts";

/** What the radar knows of one repository between two looks. */
export interface Outlook {
  readonly hub: string;
  readonly merges: Map<string, MergeOutcome>;
  collisions: KnownCollision[];
  /** Changed files by fork and tip; forks by target and tip. */
  readonly changed: Remembered<ReadonlySet<string>>;
  readonly forks: Remembered<string>;
  /** What could not be brought in, by session: it is not tried again before the session commits again. */
  readonly refused: Map<string, { tip: string; problem: string }>;
  /** Keeps what the last look used, and a little more. */
  keep(used: ReadonlySet<string>): void;
  /** Writes down what is to outlive this process. */
  save(): Promise<void>;
}

const SPARE = 2000;

export async function openOutlook(context: GitContext, hub: string): Promise<Outlook> {
  const memory = await readMemory(context, hub);
  const merges = new Map<string, MergeOutcome>(Object.entries(memory.merges));
  const changed = createRemembered<ReadonlySet<string>>();
  const forks = createRemembered<string>();
  let written = JSON.stringify(memory);
  const outlook: Outlook = {
    hub,
    merges,
    collisions: memory.collisions,
    changed,
    forks,
    refused: new Map(),
    keep: (used) => {
      keepUsed(merges, used);
      changed.age();
      forks.age();
    },
    save: async () => {
      const next = { v: 1 as const, merges: Object.fromEntries(merges), collisions: outlook.collisions };
      const text = JSON.stringify(next);
      if (text === written) return;
      await writeMemory(context, hub, next);
      written = text;
    },
  };
  return outlook;
}

// A branch that is set back and forth finds its outcomes again; what is older is forgotten.
function keepUsed(merges: Map<string, MergeOutcome>, used: ReadonlySet<string>): void {
  const spare = [...merges.keys()].filter((key) => !used.has(key)).toReversed();
  for (const key of spare.slice(SPARE)) merges.delete(key);
  // Those that are in use come last, so that the oldest of the others goes first.
  for (const key of used) {
    const outcome = merges.get(key);
    if (outcome === undefined) continue;
    merges.delete(key);
    merges.set(key, outcome);
  }
}
