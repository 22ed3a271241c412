import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "@harness/core";
import { z } from "zod";
import type { GitContext } from "../worktrees/git.ts";
import { lookoutDirectory, makeLookoutDirectory } from "./lookout.ts";
import { CollisionSchema } from "./schema.ts";

const OutcomeSchema = z.object({ isClean: z.boolean(), files: z.array(z.string()), more: z.number() });

/** run/radar/<repository>/radar.json: what merges would come to, by the two commits, and which collisions are known. */
const MemorySchema = z.looseObject({
  v: z.literal(1),
  merges: z.record(z.string(), OutcomeSchema),
  collisions: z.array(CollisionSchema.extend({ told: z.array(z.string()) })),
});
export type Memory = z.infer<typeof MemorySchema>;
/** With the sessions that were told. */
export type KnownCollision = Memory["collisions"][number];

const EMPTY: Memory = { v: 1, merges: {}, collisions: [] };
const BYTES = 4 * 1024 * 1024;

/** What is lost or damaged is worked out again. */
export async function readMemory(context: GitContext, hub: string): Promise<Memory> {
  return (await readJsonFile(pathOf(context, hub), MemorySchema).catch(() => null))?.value ?? EMPTY;
}

export async function writeMemory(context: GitContext, hub: string, memory: Memory): Promise<void> {
  const { v, merges, collisions } = memory;
  makeLookoutDirectory(context, hub);
  await writeJsonFile(pathOf(context, hub), { v, merges: within(merges, BYTES), collisions });
}

/** As many of the merges as have room, the last ones first; what is left out is worked out again by the next dispatcher. */
export function within<T>(merges: Readonly<Record<string, T>>, bytes: number): Record<string, T> {
  let left = bytes;
  const kept = Object.entries(merges)
    .toReversed()
    .filter(([key, outcome]) => {
      left -= key.length + JSON.stringify(outcome).length + 4;
      return left >= 0;
    });
  return Object.fromEntries(kept.toReversed());
}

function pathOf(context: GitContext, hub: string): string {
  return join(lookoutDirectory(context, hub), "radar.json");
}
