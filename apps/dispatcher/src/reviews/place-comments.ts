import { HarnessError } from "@harness/core";
import type { FileDiff } from "../worktrees/diff.ts";
import { escapeLine } from "../worktrees/escape.ts";
import type { Comment } from "./schema.ts";

/** A comment with what it is about. */
export interface PlacedComment extends Comment {
  /** The line itself. */
  code: string;
  /** Name of the content that the line is of, as `git hash-object` tells it. */
  oid: string;
}

/** Finds the line of every comment. Throws `comment-misplaced`, `review-outdated`. */
export function placeComments(files: readonly FileDiff[], comments: readonly Comment[]): PlacedComment[] {
  return comments.map((comment) => {
    const file = findFile(files, comment);
    if (file === undefined) throw unknownFile(files, comment);
    const oid = comment.side === "new" ? file.newOid : file.oldOid;
    if (comment.oid !== undefined && comment.oid !== oid) throw outdated(comment, oid);
    const line = file.hunks.flatMap(({ lines }) => lines).find((one) => one[comment.side] === comment.line);
    if (line === undefined) throw unknownLine(file, comment);
    return { ...comment, code: line.text, oid };
  });
}

function findFile(files: readonly FileDiff[], { path, side }: Comment): FileDiff | undefined {
  const before = side === "old" ? files.find(({ from }) => from === path) : undefined;
  return before ?? files.find((file) => file.path === path);
}

const SHOWN = 10;

function unknownFile(files: readonly FileDiff[], { path }: Comment): HarnessError {
  const names = files.map((file) => file.path);
  const there = names.length === 0 ? "It is empty." : `It has ${list(names.map(escapeLine))}.`;
  return new HarnessError("comment-misplaced", `${escapeLine(path)} is not in the diff. ${there}`, {
    details: { path, files: names.slice(0, 1000) },
  });
}

function unknownLine(file: FileDiff, { path, line, side }: Comment): HarnessError {
  const lines = rangesOf(file, side);
  const where = `Line ${line} of ${escapeLine(path)} is not in the diff`;
  const there = lines.length === 0 ? "has no lines there" : `has ${list(lines)} there`;
  const message = `${where}, which ${there}, on the ${side} side.`;
  const why = file.cut ? "The diff is too long to be kept whole: comment on it with `harness send`." : undefined;
  return new HarnessError("comment-misplaced", message, {
    ...(why === undefined ? {} : { hint: why }),
    details: { path, line, side, lines },
  });
}

function outdated({ path, oid: seen }: Comment, oid: string): HarnessError {
  const message = `${escapeLine(path)} has changed since it was read. Nothing was sent.`;
  return new HarnessError("review-outdated", message, { details: { path, seen: seen ?? null, oid } });
}

/** `3-9` for lines that follow each other. */
function rangesOf({ hunks }: FileDiff, side: Comment["side"]): string[] {
  return hunks.flatMap(({ lines }) => {
    const numbers = lines.flatMap((line) => line[side] ?? []);
    const [first, last] = [numbers[0], numbers.at(-1)];
    if (first === undefined || last === undefined) return [];
    return first === last ? `${first}` : `${first}-${last}`;
  });
}

function list(names: string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}`;
}
