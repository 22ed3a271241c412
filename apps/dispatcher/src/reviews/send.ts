import { createHash } from "node:crypto";
import { findKnown, parseInbound } from "@harness/core";
import { type DiffParts, readDiff } from "../merges/read-diff.ts";
import { findSession } from "../sessions/get.ts";
import type { Sent } from "../sessions/schema.ts";
import { sendToSession } from "../sessions/send.ts";
import { placeComments } from "./place-comments.ts";
import type { ReviewInput } from "./schema.ts";
import { writePrompt } from "./write-prompt.ts";

/**
 * Sends comments on lines of the session's diff, as it is now or as a merge of it has it, to the session: one prompt for all
 * of them. Throws `comment-misplaced`, `review-outdated`, and what `readDiff` and `sendToSession` throw.
 */
export async function sendReview(parts: DiffParts, session: string, review: ReviewInput): Promise<Sent> {
  const { context } = parts;
  const id = findSession(context, session);
  const data = { origin: "harness", about: "review", digest: digestOf(review) };
  // Sent again after a lost answer it has arrived, whatever the session has done to those files since.
  const text = findSent(parts, { session: id, review }) ?? (await write(parts, id, review));
  const prompt = { kind: "prompt", body: { text, data } } as const;
  return sendToSession(context, id, review.id === undefined ? prompt : { ...prompt, id: review.id });
}

async function write(parts: DiffParts, id: string, review: ReviewInput): Promise<string> {
  const { comments, message, against, into, tip } = review;
  const { files, from } = await readDiff(parts, { id, against, into, tip });
  return writePrompt({ comments: placeComments(files, comments), message, from, tip });
}

/** The text of this very review, where the session has it already. */
function findSent(
  { context }: DiffParts,
  { session, review }: { session: string; review: ReviewInput },
): string | null {
  if (review.id === undefined) return null;
  const bytes = findKnown(context.root.session(session).inbox, review.id);
  if (bytes === null) return null;
  const parsed = parseInbound(bytes, { id: review.id, createdAt: "" });
  if (parsed.state !== "message" || parsed.message.kind !== "prompt") return null;
  const { text, data } = parsed.message.body;
  const isSame = typeof data === "object" && data !== null && "digest" in data && data.digest === digestOf(review);
  return isSame ? text : null;
}

function digestOf({ comments, message, against, into, tip }: ReviewInput): string {
  const said = JSON.stringify([comments, message, against, into, tip]);
  return createHash("sha256").update(said).digest("hex");
}
