import type { Context } from "../context.ts";
import { forgetWorktree, keepWork } from "../worktrees/remove.ts";
import { findSession } from "./get.ts";
import type { Removal } from "./schema.ts";
import { moveToTrash } from "./trash.ts";
import { wantStopped } from "./wanted.ts";

/**
 * Ends the agent process, keeps what nobody else has, and removes the session. With `discard` nothing is kept.
 * Throws `salvage-failed`: then the session is stopped and everything is where it was.
 */
export async function removeSession(
  context: Context,
  session: string,
  options: { discard?: boolean } = {},
): Promise<Removal> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  await context.supervisor.end(id, "stop", () => context.wanted.change(id, wantStopped));
  // A `resume` that comes while the work is saved must not write what nobody saves any more.
  const letGo = context.supervisor.hold(id);
  let salvaged: string[];
  let told: string[];
  try {
    salvaged = options.discard === true ? [] : await keepWork(context, { id });
    // After the work is kept: what a teardown clears away was no work.
    told = await context.supervisor.tearDown(id);
    await moveToTrash(context, context.root.session(id).directory);
  } catch (error) {
    letGo();
    throw error;
  }
  context.supervisor.forget(id);
  await forgetWorktree(context, { id });
  context.ports.release(id);
  context.wanted.drop(id);
  context.log.info("a session was removed", { session: id, salvaged });
  return { id, salvaged, notes: [...(options.discard === true ? ["Nothing of its work was kept."] : []), ...told] };
}
