import type { Context } from "../../context.ts";
import type { RepositorySettings } from "../../repositories/settings.ts";
import type { Link } from "../../worktrees/land-merges.ts";
import { treeOf } from "../../worktrees/pick-commits.ts";
import type { Target } from "../../worktrees/target.ts";
import { findLanding, type Landing } from "../bisect.ts";
import type { GateRun } from "../item.ts";
import { runGate } from "./run-gate.ts";

/** How the gate ended on a tree, by the tree, the command and the repository: the same files are not tried twice. */
export type GateVerdicts = Map<string, GateRun>;

const KEPT = 100;

export interface Judgement {
  landing: Landing;
  /** For each link the run that decided about it. */
  runs: (GateRun | null)[];
}

/** Lets the gate decide how many of a chain may land. Without a gate all of them may. */
export function createGateJudge(
  { context, verdicts, signal }: { context: Context; verdicts: GateVerdicts; signal: AbortSignal },
  settings: RepositorySettings | null,
): (links: readonly Link[], target: Target) => Promise<Judgement> {
  const command = settings?.gate;
  if (settings === null || command === undefined)
    return (links) => Promise.resolve({ landing: { good: links.length, bad: null, isTargetRed: false }, runs: [] });
  return async (links, target) => {
    const byCount = new Map<number, GateRun>();
    // A red one is tried again when it is asked for again: only what this very chain came to is remembered.
    const ask = async (count: number): Promise<boolean> => {
      const record = links[0]?.candidate.record;
      if (record === undefined) return true;
      const commit = links[count - 1]?.commit ?? target.oid;
      const tree = await treeOf(context, record.hub, commit);
      const key = JSON.stringify([record.hub, tree, command]);
      const known = verdicts.get(key);
      const run = known ?? (await runGate(context, { record, commit, merges: count, command, settings, signal }));
      byCount.set(count, run);
      if (run.passed) remember(verdicts, key, run);
      return run.passed;
    };
    const landing = await findLanding(links.length, ask);
    const runs = links.map((_, index) => {
      const count = index === landing.bad ? index + 1 : landing.good;
      return byCount.get(count) ?? null;
    });
    return { landing, runs };
  };
}

function remember(verdicts: GateVerdicts, key: string, run: GateRun): void {
  verdicts.delete(key);
  verdicts.set(key, run);
  const [oldest] = verdicts.keys();
  if (verdicts.size > KEPT && oldest !== undefined) verdicts.delete(oldest);
}
