import { readJsonFileSync } from "@harness/core";
import type { Context } from "../context.ts";
import { findSettings } from "../repositories/find-settings.ts";
import { worktreePaths } from "../worktrees/paths.ts";
import { WorktreeRecordSchema } from "../worktrees/record.ts";

/**
 * How much of the disk a session may take, in bytes; undefined where config.yaml says nothing. Which repository it is of
 * stands in the dispatcher's own record: what the session's files say, its coding agent may have written.
 */
export function quotaOf(context: Pick<Context, "root" | "config" | "environment">, id: string): number | undefined {
  const { limits, repositories } = context.config;
  if (Object.values(repositories).some(({ disk }) => disk !== undefined)) {
    const record = readJsonFileSync(worktreePaths(context.root, id).record, WorktreeRecordSchema);
    const own = record === null ? undefined : findSettings(context, record.source)?.disk;
    if (own !== undefined) return own;
  }
  return limits.diskPerSession;
}
