import { HarnessError, isHarnessError } from "@harness/core";
import type { GitContext } from "./git.ts";
import { finishMerge, landMerges, type Link, type Merge } from "./land-merges.ts";
import { type Candidate, describeConflict, describeNothing, prepareMerge } from "./prepare-merge.ts";
import { fetchTarget, readTarget, type Target } from "./target.ts";
import type { Step } from "./update-target.ts";

export interface MergeInput {
  /** The branch to merge into. */
  into: string;
  /** Sessions of one repository, in their order. */
  candidates: readonly Candidate[];
  /** Whether a merge that was worked out may go on. Asked again when the target moved. */
  admit?: (link: Link, target: Target) => Promise<boolean>;
  /** How many of the merges, counted from the first, may land. Asked again when the target moved. */
  judge?: (links: readonly Link[], target: Target) => Promise<number>;
  /** Told after each step that a crash may follow. For tests. */
  onStep?: Step | undefined;
}

/** What became of a candidate; null where that is not decided: it was not admitted, did not pass, or has to be tried again. */
export type Settled = Merge | HarnessError | null;

const ATTEMPTS = 5;

/**
 * Merges what sessions committed into a branch of the person's repository, each on top of the one before, in one move.
 * Conflicts are found before anything moves; the branch moves by compare-and-swap. Killed at any moment and run again, it
 * makes one commit a session. What a candidate is refused for (`merge-conflict`, `nothing-to-merge`, `branch-has-merges`) is its answer.
 * Throws `target-moved`, and what `readTarget` throws.
 */
export async function mergeCandidates(context: GitContext, input: MergeInput): Promise<Settled[]> {
  const settled = new Map<Candidate, Settled>();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const open = input.candidates.filter((candidate) => !settled.has(candidate));
    if ((await tryMerges(context, { ...input, candidates: open }, settled)) === "rests")
      return input.candidates.map((candidate) => settled.get(candidate) ?? null);
  }
  throw new HarnessError(
    "target-moved",
    `The target moved ${ATTEMPTS} times while the merge was worked out. Nothing was changed.`,
  );
}

async function tryMerges(
  context: GitContext,
  input: MergeInput,
  settled: Map<Candidate, Settled>,
): Promise<"rests" | "moved"> {
  const { candidates, judge = (links) => Promise.resolve(links.length), onStep = () => {} } = input;
  const [first] = candidates;
  if (first === undefined) return "rests";
  const target = await readTarget(context, first.record, input.into);
  await fetchTarget(context, first.record, target);
  const links = await chain(context, { ...input, target }, settled);
  if (links.length === 0) return "rests";
  const landing = links.slice(0, await judge(links, target));
  const merges = await landMerges(context, { target, links: landing, onStep });
  if (merges === "moved") return "moved";
  for (const [index, { candidate }] of landing.entries()) settled.set(candidate, merges[index] ?? null);
  return "rests";
}

// Whatever does not fit on top of others is looked at again once they are in, or are not: it ends the chain.
async function chain(
  context: GitContext,
  { candidates, admit = () => Promise.resolve(true), target }: MergeInput & { target: Target },
  settled: Map<Candidate, Settled>,
): Promise<Link[]> {
  const links: Link[] = [];
  for (const candidate of candidates) {
    const from = links.at(-1)?.commit ?? target.oid;
    try {
      const prepared = await prepareMerge(context, { candidate, target, onto: from });
      if (prepared.outcome === "ready") {
        const link = { candidate, from, commit: prepared.commit, earlier: prepared.earlier };
        if (await admit(link, target)) links.push(link);
        continue;
      }
      if (links.length > 0) break;
      if (prepared.outcome === "conflict") settled.set(candidate, describeConflict(candidate, target, prepared));
      else if (prepared.outcome === "nothing") settled.set(candidate, describeNothing(candidate, target));
      else {
        const link = { candidate, from: prepared.earlier?.from ?? candidate.record.start, ...prepared };
        settled.set(candidate, await finishMerge(context, link, target));
      }
    } catch (error) {
      if (!isHarnessError(error)) throw error;
      // What cannot be worked out is no matter of the others.
      if (links.length > 0) break;
      settled.set(candidate, error);
    }
  }
  return links;
}
