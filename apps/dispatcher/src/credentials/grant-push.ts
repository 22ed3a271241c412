import { join } from "node:path";
import type { Wanted } from "@harness/core";
import { socketName, WORKER_KEY_PREFIX } from "@harness/credentials";
import type { Context } from "../context.ts";
import { newSecret } from "../sessions/new-token.ts";
import { findRemote } from "./endpoint.ts";
import type { SessionGrants } from "./session-grants.ts";
import type { Granted } from "./workers.ts";

export interface PushGranting {
  readonly grants: SessionGrants;
  /** Sees to it that a worker runs, or goes on trying. */
  ensure(name: string): Promise<void>;
}

/**
 * What the session's next agent process gets so that the session can push its branch; null where it may not. A worker
 * that cannot be started now is no reason for a session not to start.
 */
export async function grantPush(
  { root, log }: Pick<Context, "root" | "log">,
  { session, push }: Wanted,
  { grants, ensure }: PushGranting,
): Promise<Granted | null> {
  if (push === undefined) return null;
  const { credential, ref, force, workflows } = push;
  const remote = findRemote({ root }, credential);
  if (remote === null) {
    log.warn("a session cannot push: its credential is gone", { session, credential });
    return null;
  }
  const key = `${WORKER_KEY_PREFIX}${newSecret()}`;
  const begun = await grants.begin(credential, session, { key, push: { ref, force, workflows } });
  await ensure(credential).catch((error: unknown) =>
    log.warn("a session cannot push now", { session, credential, error }),
  );
  const socket = join(root.run.sockets, session, socketName(credential));
  const variables = { HARNESS_PUSH_SOCKET: socket, HARNESS_PUSH_KEY: key, HARNESS_PUSH_REMOTE: remote.baseUrl };
  return { ...begun, variables };
}
