import type { StepContext, StepEvents } from "./steps.ts";
import { runToExit } from "./run-program.ts";

const GIT = ["git", "-c", "commit.gpgSign=false", "-c", "core.editor=true"];

/** Commits with the real git. Nothing to commit is no failure: an attempt before this one may have committed it. */
export async function* commitWork(
  context: StepContext,
  { message, paths = ["."] }: { message: string; paths?: readonly string[] | undefined },
): StepEvents {
  const call = `step-${context.position}`;
  yield { type: "tool.called", call, tool: "commit", text: message };
  const added = await runToExit(context, [...GIT, "add", "--all", "--", ...paths]);
  const staged = added.exit.code === 0 ? await runToExit(context, [...GIT, "diff", "--cached", "--quiet"]) : added;
  const commit = [...GIT, "commit", "--quiet", "--no-verify", `--message=${message}`];
  // `diff --quiet` ends with 1 when there is a difference.
  const done = added === staged || staged.exit.code !== 1 ? staged : await runToExit(context, commit);
  const ok = done.exit.code === 0;
  yield { type: "tool.returned", call, ok, text: done.output.trim() };
  if (context.signal.aborted) return { end: { stopReason: "cancelled" } };
  return ok ? {} : { end: { stopReason: "failed", note: `git did not commit.\n${done.output}`.trimEnd() } };
}
