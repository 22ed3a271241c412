import type { Comment } from "../../lib/api.ts";
import type { FileDiff } from "../../lib/shapes.ts";
import { createStore, useStore } from "../../lib/store.ts";

type Line = FileDiff["hunks"][number]["lines"][number];

/** A line that a comment can be on. */
export type Spot = Omit<Comment, "text">;

const NONE: readonly Comment[] = [];
// Of all sessions of this tab: who looks at the log, or at another session, comes back to what they wrote.
const drafts = createStore<Readonly<Record<string, readonly Comment[]>>>({});

export const useDrafts = (session: string): readonly Comment[] => useStore(drafts, {})[session] ?? NONE;

export function setDrafts(session: string, comments: readonly Comment[]): void {
  drafts.set({ ...drafts.get(), [session]: comments });
}

export function spotOf(file: FileDiff, line: Line): Spot {
  if (line.kind === "removed")
    return { path: file.from ?? file.path, side: "old", line: line.old ?? 0, oid: file.oldOid };
  return { path: file.path, side: "new", line: line.new ?? 0, oid: file.newOid };
}

export const isSameSpot = (one: Spot, other: Spot): boolean =>
  one.path === other.path && one.side === other.side && one.line === other.line && one.oid === other.oid;

/** One comment a line: another one takes its place, an empty one takes it away. */
export function withComment(comments: readonly Comment[], comment: Comment): readonly Comment[] {
  const index = comments.findIndex((known) => isSameSpot(known, comment));
  if (comment.text.trim() === "") return comments.filter((known) => !isSameSpot(known, comment));
  return index < 0 ? [...comments, comment] : comments.with(index, comment);
}

/** The comments whose line is in the diff that is shown, and those whose file is another by now. */
export function sortDrafts(
  comments: readonly Comment[],
  files: readonly FileDiff[],
): { placed: Comment[]; adrift: Comment[] } {
  const isThere = (comment: Comment) =>
    files.some((file) => {
      const [path, oid] = comment.side === "new" ? [file.path, file.newOid] : [file.from ?? file.path, file.oldOid];
      return (
        path === comment.path &&
        oid === comment.oid &&
        file.hunks.some(({ lines }) => lines.some((line) => line[comment.side] === comment.line))
      );
    });
  return { placed: comments.filter(isThere), adrift: comments.filter((comment) => !isThere(comment)) };
}
