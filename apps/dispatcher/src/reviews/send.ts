import type { Context } from "../context.ts";
import { findSession } from "../sessions/get.ts";
import type { Sent } from "../sessions/schema.ts";
import { sendToSession } from "../sessions/send.ts";
import { diffSession } from "../worktrees/diff.ts";
import { placeComments } from "./place-comments.ts";
import type { ReviewInput } from "./schema.ts";
import { writePrompt } from "./write-prompt.ts";

/**
 * Sends comments on lines of the session's diff, as it is now, to the session: one prompt for all of them.
 * Throws `comment-misplaced`, `review-outdated`, and what `diffSession` and `sendToSession` throw.
 */
export async function sendReview(context: Context, session: string, review: ReviewInput): Promise<Sent> {
  const { comments, message, against, into } = review;
  const id = findSession(context, session);
  const { files, from } = await diffSession(context, { id, against, into });
  const text = writePrompt({ comments: placeComments(files, comments), message, from });
  const prompt = { kind: "prompt", body: { text } } as const;
  return sendToSession(context, id, review.id === undefined ? prompt : { ...prompt, id: review.id });
}
