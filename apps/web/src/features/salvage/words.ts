import { looseFiles } from "../../lib/format.ts";
import type { ToldSalvage } from "../../lib/shapes.ts";

const WHY: Record<ToldSalvage["reason"], string> = {
  removed: "removed",
  archived: "archived",
  failed: "given up",
  withdrawn: "withdrawn before it began",
};

export function whyKept({ reason, problem }: Pick<ToldSalvage, "reason" | "problem">): string {
  return problem === null ? WHY[reason] : "lost";
}

/** What is kept, in a line. */
export function contentsOf({ commits, uncommitted, moved, ignored }: ToldSalvage): string {
  const loose = looseFiles(uncommitted);
  const parts = [
    ...(commits.length > 0 ? [commitsOf(commits)] : []),
    ...(loose === "" ? [] : [`${loose} not committed`]),
    ...(moved.length > 0 ? [`${moved.length === 1 ? "a directory" : `${moved.length} directories`} as found`] : []),
  ];
  const kept = parts.length === 0 ? "nothing that was not merged" : parts.join(", ");
  return ignored.count === 0 ? kept : `${kept}; without ${ignored.count} that git ignores`;
}

// Where it stood is named beside its branch.
function commitsOf(names: readonly string[]): string {
  const count = names.filter((name) => name !== "HEAD").length;
  if (count === 0) return "its commits";
  return count === 1 ? "the commits of one branch" : `the commits of ${count} branches`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "4 kB": binary thousands, whole numbers. */
export function byteSize(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Math.round(bytes / 1024 ** power)} ${UNITS[power] ?? "B"}`;
}

/** A branch could hold it. */
export const isInGit = ({ commit, hub, problem }: ToldSalvage): boolean =>
  commit !== null && hub !== null && problem === null;

export const branchFor = ({ session }: ToldSalvage): string => `salvage-${session}`;

/** A branch's name that needs no quoting in a shell is not quoted. */
export function restoreCommand(kept: ToldSalvage, branch: string): string {
  const word = /^[\w./-]+$/.test(branch) ? branch : `'${branch.replaceAll("'", `'\\''`)}'`;
  if (!isInGit(kept)) return `harness salvage restore ${kept.session} --to ${kept.session}-files`;
  return `harness salvage restore ${kept.session} --branch ${word}`;
}
