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
  // From here on nothing starts it again, whatever comes in between.
  await context.wanted.change(id, wantStopped);
  await context.supervisor.end(id, "stop");
  const salvaged = options.discard === true ? [] : await keepWork(context, { id });
  await moveToTrash(context, context.root.session(id).directory);
  context.supervisor.forget(id);
  await forgetWorktree(context, { id });
  context.wanted.drop(id);
  context.log.info("a session was removed", { session: id, salvaged });
  return { id, salvaged, notes: options.discard === true ? ["Nothing of its work was kept."] : [] };
}
