import type { Context } from "../context.ts";
import { expiresAt } from "../salvage/choose-expired.ts";
import { endOwnProcesses } from "../users/end-processes.ts";
import { forgetWorktree, keepWork } from "../worktrees/remove.ts";
import { findSession } from "./get.ts";
import type { Removal } from "./schema.ts";
import { moveToTrash } from "./trash.ts";
import { wantStopped } from "./wanted.ts";

export type RemovalStep = "committed" | "moved" | "salvaged" | "trashed" | "forgotten";

export interface RemovalOptions {
  discard?: boolean;
  /** Told after each step that a crash may follow. For tests. */
  onStep?: (step: RemovalStep) => void;
}

/**
 * Ends the agent process, keeps what nobody else has, and removes the session. With `discard` nothing is kept.
 * Throws `salvage-failed`: then the session is stopped and everything is where it was.
 */
export async function removeSession(context: Context, session: string, options: RemovalOptions = {}): Promise<Removal> {
  context.supervisor.requireStorage();
  const { discard = false, onStep } = options;
  const id = findSession(context, session);
  await context.supervisor.end(id, "stop", () => context.wanted.change(id, wantStopped));
  // A `resume` that comes while the work is saved must not write what nobody saves any more.
  const letGo = context.supervisor.hold(id);
  endOwnProcesses(context, id);
  let salvaged: string[];
  const told: string[] = [];
  let trashed: string | null;
  try {
    salvaged = discard ? [] : await keepWork(context, { id, onStep, tell: (note) => void told.push(note) });
    onStep?.("salvaged");
    // After the work is kept: what a teardown clears away was no work.
    told.push(...(await context.supervisor.tearDown(id)));
    trashed = await moveToTrash(context, context.root.session(id).directory, { discard });
    onStep?.("trashed");
  } catch (error) {
    letGo();
    throw error;
  }
  await context.supervisor.forget(id);
  await forgetWorktree(context, { id });
  onStep?.("forgotten");
  context.ports.release(id);
  context.wanted.drop(id);
  context.feed.publish({ type: "salvage.changed", session: id });
  context.log.info("a session was removed", { session: id, salvaged, trashed, discard });
  const notes = discard ? ["Nothing of its work was kept."] : describeTrash(context, trashed);
  return { id, salvaged, notes: [...notes, ...told] };
}

function describeTrash({ clock, config }: Context, trashed: string | null): string[] {
  const { keepDays } = config.trash;
  if (trashed === null || keepDays === 0) return [];
  const until = expiresAt(new Date(clock.now()).toISOString(), keepDays)?.slice(0, 10);
  return [`Its directory, with what git ignores, stays in ${trashed} until ${until}.`];
}
