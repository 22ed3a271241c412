import { IdSchema } from "@harness/core";
import { z } from "zod";

const TEXT_BYTES = 16 * 1024;

export const SideSchema = z.enum(["old", "new"]);

/** A comment on one line of a diff. */
export const CommentSchema = z.strictObject({
  path: z.string().min(1).max(4096),
  line: z.number().int().min(1),
  /** `old` for a line that was removed, by its number before the change. */
  side: SideSchema.default("new"),
  text: z
    .string()
    .max(TEXT_BYTES)
    .refine((text) => text.trim() !== "", "The comment is empty."),
  /** The file's `newOid` or `oldOid` in the diff that was read: refused when the file is another by now. */
  oid: z.string().max(64).optional(),
});
export type Comment = z.infer<typeof CommentSchema>;

export const ReviewInputSchema = z.strictObject({
  comments: z.array(CommentSchema).min(1).max(200),
  /** What is to be said about the whole. */
  message: z
    .string()
    .max(4 * TEXT_BYTES)
    .optional(),
  /** The diff that the lines are of. */
  against: z.enum(["base", "target"]).optional(),
  into: z.string().min(1).max(1024).optional(),
  /** It is that of this commit, which a merge of the session has that has not ended. */
  tip: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/, "This is not the full name of a commit.")
    .optional(),
  /** The id of the prompt: the same review again under the same id changes nothing. */
  id: z.optional(IdSchema),
});
export type ReviewInput = z.infer<typeof ReviewInputSchema>;
