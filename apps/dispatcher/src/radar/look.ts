import type { GitContext } from "../worktrees/git.ts";
import type { AtMost } from "./at-most.ts";
import { openLookout, tidyLookout } from "./lookout.ts";
import {
  type Looked,
  lookAtSession,
  type LookTools,
  type Peeked,
  peekTips,
  problemOf,
  type RadarSession,
  UNTOUCHED,
} from "./members.ts";
import { mergePairs, type TriedMerge } from "./merge-pairs.ts";
import type { Outlook } from "./outlook.ts";
import { planMerges } from "./pairs.ts";
import { type Report, reportOf } from "./report.ts";
import { readUncommitted } from "./uncommitted.ts";

export interface LookInput {
  sessions: readonly RadarSession[];
  /** What is not committed is compared too, by the names of files. */
  uncommitted: boolean;
  /** What was refused before is tried again. */
  retry: boolean;
}

export interface Look extends Report {
  cost: { imports: number; merges: number };
  /** The merges that were needed. */
  used: ReadonlySet<string>;
}

/** One look at the open sessions of one repository. What cannot be looked at is named, and the rest is compared. */
export async function lookAround(
  { context, atMost, outlook }: { context: GitContext; atMost: AtMost; outlook: Outlook },
  input: LookInput,
): Promise<Look> {
  const peeked = await peekTips(context, input.sessions);
  const cost = { imports: 0, merges: 0 };
  const at = peeked.find((one) => input.uncommitted || hasMoved(one))?.session.record;
  // Where nobody has committed anything there is nothing to bring together, and no process to start.
  if (at === undefined) {
    const looked = peeked.map(untouched);
    return { ...reportOf({ looked, merges: new Map(), uncommitted: new Map() }), cost, used: new Set() };
  }
  const { lookout, tips } = await openLookout(context, at);
  const tools: LookTools = { context, atMost, outlook, lookout, tips, targets: new Map(), cost, retry: input.retry };
  const looked = await Promise.all(
    peeked.map((one) => (hasMoved(one) ? lookAtSession(tools, one) : Promise.resolve(untouched(one)))),
  );
  const merges = await mergeAll(tools, looked);
  const uncommitted = input.uncommitted ? await readAllUncommitted(tools, looked) : new Map<string, Set<string>>();
  await tidyLookout(lookout, { sessions: new Set(input.sessions.map(({ id }) => id)), tips: tips.keys() });
  return { ...reportOf({ looked, merges, uncommitted }), cost, used: new Set(merges.keys()) };
}

function hasMoved(peeked: Peeked): peeked is Peeked & { tip: string } {
  return peeked.tip !== null && peeked.tip !== peeked.session.record.start;
}

function untouched({ session, tip, problem }: Peeked): Looked {
  return { ...session, ...UNTOUCHED, tip, problem };
}

async function mergeAll(tools: LookTools, looked: readonly Looked[]): Promise<Map<string, TriedMerge>> {
  const { context, cost, lookout, outlook, atMost } = tools;
  const wanted = planMerges(looked);
  const missing = [...wanted].filter(([key]) => !outlook.merges.has(key));
  cost.merges += missing.length;
  const pairs = missing.map(([, commits]) => commits);
  const tried = await mergePairs(context, pairs, { lookout, atMost });
  const merges = new Map<string, TriedMerge>(tried.map((merge, index) => [missing[index]?.[0] ?? "", merge]));
  for (const [key, merge] of merges) if (!("problem" in merge)) outlook.merges.set(key, merge);
  for (const key of wanted.keys()) {
    const known = outlook.merges.get(key);
    if (known !== undefined) merges.set(key, known);
  }
  return merges;
}

async function readAllUncommitted(tools: LookTools, looked: Looked[]): Promise<Map<string, Set<string>>> {
  const { context, lookout, atMost } = tools;
  const read = looked.map(async (one): Promise<[string, Set<string>]> => {
    if (one.tip === null) return [one.id, new Set()];
    const { id: session, tip } = one;
    try {
      return [session, await atMost(() => readUncommitted(context, lookout, { session, tip }))];
    } catch (error) {
      one.problem ??= `What it has not committed could not be read: ${problemOf(error)}`;
      return [session, new Set()];
    }
  });
  return new Map(await Promise.all(read));
}
