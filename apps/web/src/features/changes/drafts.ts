import type { Comment } from "../../lib/api.ts";
import type { FileDiff } from "../../lib/shapes.ts";
import { useStore } from "../../lib/store.ts";
import { createTabStore } from "../../lib/tab-store.ts";
import { type Drafts, NO_DRAFTS, readDrafts } from "./read-drafts.ts";

type Line = FileDiff["hunks"][number]["lines"][number];

/** A line that a comment can be on. */
export type Spot = Omit<Comment, "text">;

const NONE: Readonly<Record<string, Drafts>> = {};
// Of all sessions of this tab: who looks at the log, or at another session, comes back to what they wrote.
const store = createTabStore("harness drafts", NONE, readDrafts);

/** As they are now, for who needs not hear of a change. */
export const draftsOf = (session: string): Drafts => store.get()[session] ?? NO_DRAFTS;
export const useDrafts = (session: string): Drafts => useStore(store, NONE)[session] ?? NO_DRAFTS;

/** Contract: `change` gets what is there by now, and not what somebody saw before they waited for an answer. */
export function changeDrafts(session: string, change: (before: Drafts) => Drafts): void {
  const { [session]: _, ...others } = store.get();
  const next = change(draftsOf(session));
  const isNothing = next.comments.length + next.writing.length + next.message.length === 0;
  store.set(isNothing ? others : { ...others, [session]: next });
}

export function spotOf(file: FileDiff, line: Line): Spot {
  if (line.kind === "removed")
    return { path: file.from ?? file.path, side: "old", line: line.old ?? 0, oid: file.oldOid };
  return { path: file.path, side: "new", line: line.new ?? 0, oid: file.newOid };
}

export const isSameSpot = (one: Spot, other: Spot): boolean =>
  one.path === other.path && one.side === other.side && one.line === other.line && one.oid === other.oid;

const isSame = (one: Comment, other: Comment) => isSameSpot(one, other) && one.text === other.text;
const without = (comments: readonly Comment[], spot: Spot) => comments.filter((known) => !isSameSpot(known, spot));

/** One comment a line: another one takes its place, an empty one takes it away. Nobody writes there any more. */
export function withComment(drafts: Drafts, comment: Comment): Drafts {
  const index = drafts.comments.findIndex((known) => isSameSpot(known, comment));
  const isKept = comment.text.trim() !== "";
  const comments = !isKept
    ? without(drafts.comments, comment)
    : index < 0
      ? [...drafts.comments, comment]
      : drafts.comments.with(index, comment);
  return withoutWriting({ ...drafts, comments }, comment);
}

/** Somebody begins to write on a line, or goes on. What was begun elsewhere stays, if anything was written. */
export function withWriting(drafts: Drafts, spot: Spot, text?: string): Drafts {
  const { comments } = drafts;
  const begun = drafts.writing.find((half) => isSameSpot(half, spot));
  const kept = comments.find((comment) => isSameSpot(comment, spot));
  const half = { ...spot, text: text ?? begun?.text ?? kept?.text ?? "" };
  const isWorth = (other: Comment) =>
    other.text.trim() !== "" && !comments.some((comment) => isSame(comment, other)) && !isSameSpot(other, spot);
  return { ...drafts, writing: [...drafts.writing.filter(isWorth), half] };
}

export function withoutWriting(drafts: Drafts, spot: Spot): Drafts {
  return { ...drafts, writing: without(drafts.writing, spot) };
}

/** After they were sent: what was written, or written anew, while they were on their way stays. */
export function withoutSent(drafts: Drafts, sent: Pick<Drafts, "comments" | "message">): Drafts {
  return {
    ...drafts,
    comments: drafts.comments.filter((comment) => !sent.comments.some((one) => isSame(one, comment))),
    message: drafts.message === sent.message ? "" : drafts.message,
    attempt: NO_DRAFTS.attempt,
  };
}

/** Whether anything would be lost with them. */
export const isWritten = ({ comments, writing, message }: Drafts): boolean =>
  [message, ...[...comments, ...writing].map(({ text }) => text)].some((text) => text.trim() !== "");

/** Whether the line that it is on is one of the file's that are shown. */
export function isOn(comment: Spot, file: FileDiff): boolean {
  const [path, oid] = comment.side === "new" ? [file.path, file.newOid] : [file.from ?? file.path, file.oldOid];
  return (
    path === comment.path &&
    oid === comment.oid &&
    file.hunks.some(({ lines }) => lines.some((line) => line[comment.side] === comment.line))
  );
}

/** The comments whose line is in the diff that is shown, and those whose file is another by now. */
export function sortDrafts(
  comments: readonly Comment[],
  files: readonly FileDiff[],
): { placed: Comment[]; adrift: Comment[] } {
  const isThere = (comment: Comment) => files.some((file) => isOn(comment, file));
  return { placed: comments.filter(isThere), adrift: comments.filter((comment) => !isThere(comment)) };
}
