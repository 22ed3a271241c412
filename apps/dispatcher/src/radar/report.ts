import type { Found } from "./collisions.ts";
import type { Looked } from "./members.ts";
import type { TriedMerge } from "./merge-pairs.ts";
import { listFiles, overlap } from "./overlap.ts";
import { choosePairs, hasToMerge, mergeKey, type Ready } from "./pairs.ts";
import type { FileList, Member, Pair, Side, UncommittedOverlap } from "./schema.ts";

export interface Findings {
  looked: readonly Looked[];
  merges: ReadonlyMap<string, TriedMerge>;
  /** Files that are changed and not committed, by session. */
  uncommitted: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Report {
  sessions: Member[];
  /** Those that share something. */
  pairs: Pair[];
  uncommitted: UncommittedOverlap[];
  collisions: Found[];
}

const NONE: FileList = { files: [], more: 0 };

/** Puts into words what was found. */
export function reportOf(findings: Findings): Report {
  const { looked, merges } = findings;
  const sessions = looked.map((one) => memberOf(one, merges)).toSorted((a, b) => (a.session < b.session ? -1 : 1));
  const pairs = choosePairs(looked)
    .map((pair) => pairOf(pair, merges))
    .filter(({ outcome }) => outcome !== "clean")
    .toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  return { sessions, pairs, uncommitted: compareUncommitted(findings), collisions: collisionsOf(findings, pairs) };
}

const ORDER: Pair["outcome"][] = ["conflicts", "unknown", "same files", "clean"];

function pairOf([one, other]: [Ready<Looked>, Ready<Looked>], merges: Findings["merges"]): Pair {
  const sides = [sideOf(one), sideOf(other)];
  const merge = merges.get(mergeKey(one.tip, other.tip));
  const shared = listFiles(overlap(one.changed, other.changed));
  if (merge === undefined || "problem" in merge)
    return { outcome: "unknown", sides, ...shared, problem: merge?.problem ?? "It was not looked at." };
  const { isClean, files, more } = merge;
  if (!isClean) return { outcome: "conflicts", sides, files, more, problem: null };
  return { outcome: shared.files.length > 0 ? "same files" : "clean", sides, ...shared, problem: null };
}

function memberOf(looked: Looked, merges: Findings["merges"]): Member {
  const { id: session, name, record, tip, target, hasOwn, problem } = looked;
  const facts = {
    session,
    name,
    branch: record.branch,
    tip,
    target: target && { name: target.name, oid: target.oid },
    problem,
    ...NONE,
  };
  if (tip === null) return { ...facts, outcome: "unknown" };
  if (!hasOwn) return { ...facts, outcome: "unchanged" };
  if (target === null) return { ...facts, outcome: problem === null ? "no target" : "unknown" };
  if (!hasToMerge(looked)) return { ...facts, outcome: "clean" };
  const merge = merges.get(mergeKey(target.oid, tip));
  if (merge === undefined || "problem" in merge)
    return { ...facts, outcome: "unknown", problem: merge?.problem ?? problem };
  const { isClean, files, more } = merge;
  return { ...facts, outcome: isClean ? "clean" : "conflicts", files, more };
}

function collisionsOf({ looked, merges }: Findings, pairs: readonly Pair[]): Found[] {
  const between = pairs.flatMap(({ outcome, sides: [one, other], files, more }): Found[] =>
    outcome === "conflicts" && one !== undefined && other !== undefined
      ? [{ sides: [one, other], target: null, files, more }]
      : [],
  );
  const withTarget = looked.flatMap((one): Found[] => {
    const { outcome, files, more, target } = memberOf(one, merges);
    return outcome === "conflicts" && one.tip !== null
      ? [{ sides: [sideOf({ ...one, tip: one.tip })], target, files, more }]
      : [];
  });
  return [...between, ...withTarget];
}

/** What one has not committed and another has changed, for each of the two. */
function compareUncommitted({ looked, uncommitted }: Findings): UncommittedOverlap[] {
  return looked.flatMap(({ id: session }) => {
    const own = uncommitted.get(session) ?? new Set<string>();
    return looked.flatMap((other): UncommittedOverlap[] => {
      if (own.size === 0 || other.id === session) return [];
      const theirs = new Set([...other.changed, ...(uncommitted.get(other.id) ?? [])]);
      const list = listFiles(overlap(own, theirs));
      return list.files.length === 0 ? [] : [{ session, with: other.id, ...list }];
    });
  });
}

function sideOf({ id, name, record, tip }: Ready<Looked>): Side {
  return { session: id, name, branch: record.branch, tip };
}
