import type { Context } from "../context.ts";
import { keepCommits } from "../worktrees/remove.ts";

/** What a session did that is given up: nobody knows when a person comes to look, so it is kept in the hub at once. */
export async function saveFailed(
  context: Pick<Context, "root" | "environment" | "log" | "feed">,
  id: string,
): Promise<void> {
  try {
    const lines = await keepCommits(context, { id, reason: "failed" });
    if (lines.length === 0) return;
    context.feed.publish({ type: "salvage.changed", session: id });
    context.log.info("the work of a failed session is kept", { session: id, lines });
  } catch (error) {
    context.log.warn("the work of a failed session could not be kept; its directory holds it", { session: id, error });
  }
}
