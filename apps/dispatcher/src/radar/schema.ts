import { z } from "zod";

/** One session's part in it. Names and branches are the session's own words. */
const SideSchema = z.object({
  session: z.string(),
  name: z.string().nullable(),
  branch: z.string(),
  /** The commit its branch stands on. */
  tip: z.string(),
});
export type Side = z.infer<typeof SideSchema>;

const TargetSchema = z.object({ name: z.string(), oid: z.string() });

/** The first files by name, and how many more there are. */
const FileListSchema = z.object({ files: z.array(z.string()), more: z.number() });
export type FileList = z.infer<typeof FileListSchema>;

const OutcomeSchema = z.enum(["conflicts", "same files", "clean", "unknown"]);

const PairSchema = FileListSchema.extend({
  outcome: OutcomeSchema,
  sides: z.array(SideSchema).length(2),
  /** Why the outcome is not known. */
  problem: z.string().nullable(),
});
export type Pair = z.infer<typeof PairSchema>;

const MemberSchema = FileListSchema.extend({
  session: z.string(),
  name: z.string().nullable(),
  branch: z.string(),
  tip: z.string().nullable(),
  target: TargetSchema.nullable(),
  /** Against its target. `unchanged`: it has committed nothing that the target does not have. */
  outcome: z.enum(["conflicts", "clean", "unchanged", "no target", "unknown"]),
  /** What of it could not be looked at, and why. */
  problem: z.string().nullable(),
});
export type Member = z.infer<typeof MemberSchema>;

/** Files that a session changed and has not committed, and that another session changed too. */
const UncommittedSchema = FileListSchema.extend({ session: z.string(), with: z.string() });
export type UncommittedOverlap = z.infer<typeof UncommittedSchema>;

/** What the radar sees in one repository. */
export const SightingSchema = z.object({
  repository: z.string(),
  sessions: z.array(MemberSchema),
  /** Those that share something; two sessions that are not named here are apart. */
  pairs: z.array(PairSchema),
  /** Empty unless it was asked for. */
  uncommitted: z.array(UncommittedSchema),
  /** What this look cost. */
  cost: z.object({ imports: z.number(), merges: z.number(), milliseconds: z.number() }),
});
export type Sighting = z.infer<typeof SightingSchema>;

/** Two branches that cannot both be merged as they are: of two sessions, or of one session and its target. */
export const CollisionSchema = FileListSchema.extend({
  id: z.string(),
  repository: z.string(),
  since: z.string(),
  /** Two sessions, or one and `target`. */
  sides: z.array(SideSchema).min(1).max(2),
  target: TargetSchema.nullable(),
});
export type Collision = z.infer<typeof CollisionSchema>;

/** What is said of a collision beside a session. */
export const CollisionNoteSchema = FileListSchema.extend({
  id: z.string(),
  /** The other session; null where it is the target. */
  session: z.string().nullable(),
  name: z.string().nullable(),
  branch: z.string(),
});
export type CollisionNote = z.infer<typeof CollisionNoteSchema>;

export const ToldSchema = z.object({
  collision: z.string(),
  session: z.string(),
  /** What its own branch will not merge with: the other session's branch, or the target. */
  about: z.string(),
  outcome: z.enum(["told", "told before", "failed"]),
  problem: z.string().nullable(),
});
export type Told = z.infer<typeof ToldSchema>;
