import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";

/** Lets a session push exactly one commit, although it changes what the remote runs. Throws `request-invalid`. */
export async function allowPush(
  context: Context,
  session: string,
  commit: string,
): Promise<{ id: string; ref: string; commit: string }> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  const push = context.wanted.get(id)?.push;
  if (push === undefined)
    throw new HarnessError("request-invalid", `The session ${id} may not push at all.`, {
      hint: "A session that may push is made with `harness spawn --push`.",
    });
  await context.wanted.change(id, (before) => ({ ...before, push: { ...push, ...before.push, approved: commit } }));
  return { id, ref: push.ref, commit };
}
