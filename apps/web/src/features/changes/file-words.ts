import { looseFiles, plural } from "../../lib/format.ts";
import type { FileDiff, SessionDiff } from "../../lib/shapes.ts";

const LINK = "120000";
const PROGRAM = "100755";
const REPOSITORY = "160000";
const NOTHING = "000000";

/** What happened to a file beside its lines, a few words each. */
export function marksOf({ status, oldMode, newMode }: Pick<FileDiff, "status" | "oldMode" | "newMode">): string[] {
  const marks: string[] = status === "modified" ? [] : [status === "added" ? "new" : status];
  const mode = newMode === NOTHING ? oldMode : newMode;
  if (mode === LINK) marks.push("link");
  if (mode === REPOSITORY) marks.push("submodule");
  if (newMode === PROGRAM && oldMode !== PROGRAM) marks.push("can be run");
  if (oldMode === PROGRAM && newMode !== PROGRAM && newMode !== NOTHING) marks.push("can no longer be run");
  return marks;
}

/** Why there is nothing, or less than everything, to read below a file's name; "" where all of it is there. */
export function lackOf({ added, hunks, cut }: Pick<FileDiff, "added" | "hunks" | "cut">): string {
  if (added === null) return "Not text: there are no lines to show.";
  if (cut)
    return hunks.length === 0
      ? "Left out: the diff is too long. The worktree has it."
      : "Cut: the diff, or a line of it, is too long to be shown whole. The worktree has the rest.";
  return hunks.length === 0 ? "No line differs." : "";
}

export function totalOf(files: readonly FileDiff[]): { added: number; removed: number } {
  const sum = (count: (file: FileDiff) => number | null) =>
    files.reduce((total, file) => total + (count(file) ?? 0), 0);
  return { added: sum((file) => file.added), removed: sum((file) => file.removed) };
}

const NESTED_NAMED = 5;

/** What a person has to know before they trust what they see, a sentence each. */
export function cautionsOf({ files, uncommitted, cut, nested }: SessionDiff): string[] {
  const loose = looseFiles(uncommitted);
  const hidden = files.filter((file) => file.hidden).length;
  return [
    ...(loose === "" ? [] : [`Not committed: ${loose}. A merge does not bring that.`]),
    ...(hidden > 0
      ? [`${plural(hidden, "file has", "files have")} characters that hide or reorder text. They are spelled out.`]
      : []),
    ...(cut || files.some((file) => file.cut)
      ? ["Not every line is here: the diff is too long. Each file says where something is left out."]
      : []),
    ...nested.slice(0, NESTED_NAMED).map((path) => `Not shown: ${path} is a repository of its own.`),
    ...(nested.length > NESTED_NAMED
      ? [`Not shown: ${plural(nested.length - NESTED_NAMED, "repository", "repositories")} more of their own.`]
      : []),
  ];
}
