import { escapeLine } from "../worktrees/escape.ts";
import type { PlacedComment } from "./place-comments.ts";

export interface Review {
  comments: readonly PlacedComment[];
  message?: string | undefined;
  /** The commit that the diff is against. */
  from: string;
  /** The commit that it is of, where it is not of the worktree. */
  tip?: string | undefined;
}

/** A review as one prompt. What is quoted from files stands in a fence that it cannot close. */
export function writePrompt({ comments, message, from, tip }: Review): string {
  const count = comments.length === 1 ? "One comment" : `${comments.length} comments`;
  const head = [
    `Review of your changes since ${from}${tip === undefined ? "" : `, as of your commit ${tip}`}. ${count} on lines of the diff; what stands in a fence is quoted from a file.`,
    "A line number counts in the content whose name is given: `git hash-object <path>` tells whether the file is still that one.",
  ].join("\n");
  const parts = comments.map((comment, index) => describe(comment, index + 1));
  return [head, ...(message === undefined || message.trim() === "" ? [] : [message.trim()]), ...parts].join("\n\n");
}

function describe({ path, line, side, code, oid, text }: PlacedComment, number: number): string {
  const where = side === "new" ? `line ${line}` : `line ${line} before the change (removed or moved since)`;
  // Tabs indent; whatever else cannot be seen is spelled out, as the person saw it.
  const quoted = `${escapeLine(path)}:${line}\n${code.split("\t").map(escapeLine).join("\t")}`;
  const fence = "`".repeat(Math.max(3, longestRun(quoted) + 1));
  return `## Comment ${number}: ${where}, content ${oid}\n${fence}\n${quoted}\n${fence}\n${text.trim()}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
