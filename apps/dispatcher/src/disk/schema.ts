import { z } from "zod";

const MeasuredSchema = {
  /** Of the blocks that are taken; null: not measured yet. */
  bytes: z.number().nullable(),
  /** There is more: the measuring was bounded, or a directory cannot be read. */
  atLeast: z.boolean(),
  measuredAt: z.string().nullable(),
};

export const DiskReportSchema = z.object({
  /** The sum of what is measured. */
  bytes: z.number(),
  atLeast: z.boolean(),
  /** What the file system of the state root has left for this user; null where there is none yet. */
  free: z.number().nullable(),
  /** The largest first. */
  sessions: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      closed: z.boolean(),
      ...MeasuredSchema,
      /** `objects` are the git objects of its own; they are not part of `worktree`. */
      parts: z.object({
        worktree: z.number(),
        objects: z.number(),
        home: z.number(),
        log: z.number(),
        rest: z.number(),
      }),
    }),
  ),
  /** What belongs to no session, the largest first. A hub holds what was salvaged, beside the commits of all. */
  shared: z.array(z.object({ kind: z.enum(["hub", "archive", "trash", "run"]), name: z.string(), ...MeasuredSchema })),
});
export type DiskReport = z.infer<typeof DiskReportSchema>;
