import type { StateRoot } from "@harness/core";
import { describePorts } from "../ports/describe.ts";
import { readCopied } from "../repositories/copied-files.ts";
import { isKeyInside, isKeyInWorker } from "../sessions/provider-key.ts";
import type { SessionDetail } from "../sessions/schema.ts";
import { runsAs } from "../users/session-user.ts";
import { peekSource } from "../worktrees/record.ts";
import { readSessionFiles, type Configured } from "./read-summary.ts";

/** One session in full, from its files: what `getSession` of the dispatcher answers. */
export function readDetail(root: StateRoot, id: string, configured: Configured): SessionDetail {
  const { view, wanted, summary } = readSessionFiles(root, id, configured);
  const paths = root.session(id);
  const hasWorktree = view.spec?.branch !== undefined && view.spec.repository !== undefined;
  return {
    ...summary,
    directory: paths.directory,
    wanted,
    context: view.context ?? null,
    spec: view.spec,
    lastExit: wanted?.lastExit ?? null,
    limits: view.status?.limits ?? null,
    keyInsideSession: isKeyInside(wanted),
    keyInWorker: isKeyInWorker(wanted),
    ...runsAs(paths),
    copied: readCopied(root, id).files,
    ports: describePorts(root, id),
    source: peekSource(root, id),
    paths: {
      worktree: hasWorktree ? paths.worktree : null,
      inbox: paths.inbox.path,
      outbox: paths.outbox.path,
      log: paths.log,
    },
  };
}
