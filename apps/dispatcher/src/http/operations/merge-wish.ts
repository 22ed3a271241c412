import { z } from "zod";
import { HOWS } from "../../worktrees/merge-record.ts";

export const RefSchema = z.string().min(1).max(1024);
export const OidSchema = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, "This is not the full name of a commit.");
export const DigestSchema = z.string().regex(/^[0-9a-f]{16}$/, "This is not a digest.");

/** How a merge may be asked for. */
export const MERGE_WISH = {
  into: RefSchema.optional(),
  how: z.enum(HOWS).optional(),
  message: z
    .string()
    .min(1)
    .max(64 * 1024)
    .optional(),
  /** What was reviewed: anything else is refused. */
  expect: z
    .strictObject({ tip: OidSchema.optional(), target: OidSchema.optional(), policy: DigestSchema.optional() })
    .optional(),
  /** The commit whose payload a person has looked at. */
  allowRisky: OidSchema.optional(),
};
