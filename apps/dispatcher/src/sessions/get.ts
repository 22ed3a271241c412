import { readSession, resolveSession } from "@harness/core";
import type { Context } from "../context.ts";
import { describePorts } from "../ports/describe.ts";
import { readCopied } from "../repositories/copied-files.ts";
import { runsAs } from "../users/session-user.ts";
import { peekSource } from "../worktrees/record.ts";
import { isKeyInside, isKeyInWorker } from "./provider-key.ts";
import type { SessionDetail } from "./schema.ts";

/** The id that an id, an unambiguous prefix or a name stands for. */
export function findSession(context: Context, session: string): string {
  return resolveSession(context.root, session);
}

export function getSession(context: Context, session: string): SessionDetail {
  const id = findSession(context, session);
  const summary = context.supervisor.look(id);
  const paths = context.root.session(id);
  const { spec, context: memory, status } = readSession(paths);
  const wanted = context.wanted.get(id);
  return {
    ...summary,
    directory: paths.directory,
    wanted,
    context: memory ?? null,
    spec,
    lastExit: wanted?.lastExit ?? null,
    limits: status?.limits ?? null,
    keyInsideSession: isKeyInside(wanted),
    keyInWorker: isKeyInWorker(wanted),
    ...runsAs(paths),
    copied: readCopied(context.root, id).files,
    ports: describePorts(context.root, id),
    source: peekSource(context.root, id),
    paths: {
      worktree: spec?.branch !== undefined && spec.repository !== undefined ? paths.worktree : null,
      inbox: paths.inbox.path,
      outbox: paths.outbox.path,
      log: paths.log,
    },
  };
}
