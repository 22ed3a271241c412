import type { Comment } from "../../lib/api.ts";

/** What is written about the changes of one session and not sent. */
export interface Drafts {
  readonly comments: readonly Comment[];
  /** Comments that somebody is in the middle of. */
  readonly writing: readonly Comment[];
  /** What is to be said about the whole. */
  readonly message: string;
  /** What was sent last, and under which id: sent again after a lost answer it is the same message. */
  readonly attempt: { readonly id: string; readonly content: string };
}

export const NO_DRAFTS: Drafts = { comments: [], writing: [], message: "", attempt: { id: "", content: "" } };

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What an earlier page of this tab left, another version of it perhaps: what fits is taken. */
export function readDrafts(found: unknown): Readonly<Record<string, Drafts>> | undefined {
  if (!isFields(found)) return undefined;
  return Object.fromEntries(Object.entries(found).flatMap(([id, one]) => (isFields(one) ? [[id, readOne(one)]] : [])));
}

function readOne({ comments, writing, message, attempt }: Fields): Drafts {
  const { id, content } = isFields(attempt) ? attempt : {};
  return {
    comments: readComments(comments),
    writing: readComments(writing),
    message: textOf(message),
    attempt: { id: textOf(id), content: textOf(content) },
  };
}

function readComments(found: unknown): Comment[] {
  return (Array.isArray(found) ? found : []).flatMap((one: unknown) => {
    if (!isFields(one)) return [];
    const { path, side, line, oid, text } = one;
    const isWhole = typeof path === "string" && typeof line === "number" && typeof oid === "string";
    return isWhole && (side === "old" || side === "new") ? [{ path, side, line, oid, text: textOf(text) }] : [];
  });
}
